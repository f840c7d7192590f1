/** Access logs in Envoy's words, under the conditions that their owners set. */
import type { LogFormat } from '../../mesh/model/access-log.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../primitives/json-value.ts'
import type { FilteredSink } from '../../mesh/view/access-logging.ts'
import type {
  AccessLogFilterSchema,
  AccessLogSchema,
} from '../proto/generated/envoy/config/accesslog/v3/accesslog_pb.js'
import type { SubstitutionFormatStringSchema } from '../proto/generated/envoy/config/core/v3/substitution_format_string_pb.js'
import { FileAccessLogSchema } from '../proto/generated/envoy/extensions/access_loggers/file/v3/file_pb.js'
import { ExpressionFilterSchema } from '../proto/generated/envoy/extensions/access_loggers/filters/cel/v3/cel_pb.js'
import { ReqWithoutQuerySchema } from '../proto/generated/envoy/extensions/formatter/req_without_query/v3/req_without_query_pb.js'
import { pack, type Plain } from './encoded-resource.ts'

export type AccessLogInit = Plain<typeof AccessLogSchema>
type FilterInit = Plain<typeof AccessLogFilterSchema>
type FormatInit = Plain<typeof SubstitutionFormatStringSchema>

/** For connection managers and TCP proxies. */
export const accessLogs = (sinks: readonly FilteredSink[]): AccessLogInit[] =>
  sinks.map((sink) => accessLog(sink, celFilter(sink)))

/** For listeners: only connections that no filter chain takes (NR), which nothing else would log. */
export const listenerAccessLogs = (sinks: readonly FilteredSink[]): AccessLogInit[] =>
  sinks.map((sink) => accessLog(sink, [NO_FILTER_CHAIN, ...celFilter(sink)]))

const NO_FILTER_CHAIN: FilterInit = {
  filterSpecifier: { case: 'responseFlagFilter', value: { flags: ['NR'] } },
}

const celFilter = ({ filter }: FilteredSink): readonly FilterInit[] =>
  filter === undefined
    ? []
    : [
        {
          filterSpecifier: {
            case: 'extensionFilter',
            value: {
              name: 'envoy.access_loggers.extension_filters.cel',
              configType: {
                case: 'typedConfig',
                value: pack(ExpressionFilterSchema, { expression: filter }),
              },
            },
          },
        },
      ]

const accessLog = (sink: FilteredSink, filters: readonly FilterInit[]): AccessLogInit => {
  const [only, ...others] = filters
  return {
    name: 'envoy.access_loggers.file',
    ...(only === undefined
      ? {}
      : {
          filter:
            others.length === 0
              ? only
              : { filterSpecifier: { case: 'andFilter' as const, value: { filters: [...filters] } } },
        }),
    configType: {
      case: 'typedConfig',
      value: pack(FileAccessLogSchema, {
        path: sink.path,
        accessLogFormat: {
          case: 'logFormat',
          value: {
            ...formatOf(sink.format),
            omitEmptyValues: sink.omitEmpty,
            formatters: needsQueryFormatter(sink.format) ? [withoutQuery()] : [],
          },
        },
      }),
    },
  }
}

const formatOf = (format: LogFormat): FormatInit =>
  format.kind === 'text'
    ? {
        format: {
          case: 'textFormatSource',
          value: { specifier: { case: 'inlineString', value: format.text } },
        },
      }
    : {
        format: { case: 'jsonFormat', value: structOf(format.fields) },
        jsonFormatOptions: { sortProperties: false },
      }

/** The same JSON in protobuf's type, whose arrays may be written to. */
const structOf = (fields: JsonObject): Struct =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, valueOf(value)]))

type Struct = Extract<NonNullable<FormatInit['format']>, { readonly case: 'jsonFormat' }>['value']

const valueOf = (value: JsonValue): Struct[string] => {
  if (isJsonObject(value)) return structOf(value)
  return typeof value === 'object' && value !== null ? value.map(valueOf) : value
}

const needsQueryFormatter = (format: LogFormat): boolean =>
  (format.kind === 'text' ? format.text : JSON.stringify(format.fields)).includes('%REQ_WITHOUT_QUERY')

const withoutQuery = (): NonNullable<FormatInit['formatters']>[number] => ({
  name: 'envoy.formatter.req_without_query',
  typedConfig: pack(ReqWithoutQuerySchema, {}),
})
