/** Access logs in Istio's default text format. */
import type { MeshSettings } from '../../mesh/view/proxy-view.ts'
import type { AccessLogSchema } from '../proto/generated/envoy/config/accesslog/v3/accesslog_pb.js'
import { FileAccessLogSchema } from '../proto/generated/envoy/extensions/access_loggers/file/v3/file_pb.js'
import { pack, type Plain } from './encoded-resource.ts'

/** https://istio.io/latest/docs/tasks/observability/logs/access-log/#default-access-log-format */
const FORMAT =
  '[%START_TIME%] "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" %RESPONSE_CODE% ' +
  '%RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %CONNECTION_TERMINATION_DETAILS% ' +
  '"%UPSTREAM_TRANSPORT_FAILURE_REASON%" %BYTES_RECEIVED% %BYTES_SENT% %DURATION% ' +
  '%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% "%REQ(X-FORWARDED-FOR)%" "%REQ(USER-AGENT)%" "%REQ(X-REQUEST-ID)%" ' +
  '"%REQ(:AUTHORITY)%" "%UPSTREAM_HOST%" %UPSTREAM_CLUSTER_RAW% %UPSTREAM_LOCAL_ADDRESS% ' +
  '%DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_REMOTE_ADDRESS% %REQUESTED_SERVER_NAME% %ROUTE_NAME%\n'

/** None while the mesh names no file. */
export const accessLogs = (settings: MeshSettings): Plain<typeof AccessLogSchema>[] =>
  settings.accessLogPath === undefined
    ? []
    : [
        {
          name: 'envoy.access_loggers.file',
          configType: {
            case: 'typedConfig',
            value: pack(FileAccessLogSchema, {
              path: settings.accessLogPath,
              accessLogFormat: {
                case: 'logFormat',
                value: {
                  format: {
                    case: 'textFormatSource',
                    value: { specifier: { case: 'inlineString', value: FORMAT } },
                  },
                },
              },
            }),
          },
        },
      ]
