/** The messages that travel inside an Any in generated resources: what it takes to show resources as JSON. */
import { createRegistry, type Registry } from '@bufbuild/protobuf'
import { FileAccessLogSchema } from '../proto/generated/envoy/extensions/access_loggers/file/v3/file_pb.js'
import { ExpressionFilterSchema } from '../proto/generated/envoy/extensions/access_loggers/filters/cel/v3/cel_pb.js'
import {
  CorsPolicySchema,
  CorsSchema,
} from '../proto/generated/envoy/extensions/filters/http/cors/v3/cors_pb.js'
import { HTTPFaultSchema } from '../proto/generated/envoy/extensions/filters/http/fault/v3/fault_pb.js'
import { FilterConfigSchema } from '../proto/generated/envoy/extensions/filters/http/grpc_stats/v3/config_pb.js'
import { RouterSchema } from '../proto/generated/envoy/extensions/filters/http/router/v3/router_pb.js'
import { HttpInspectorSchema } from '../proto/generated/envoy/extensions/filters/listener/http_inspector/v3/http_inspector_pb.js'
import { OriginalDstSchema } from '../proto/generated/envoy/extensions/filters/listener/original_dst/v3/original_dst_pb.js'
import { ReqWithoutQuerySchema } from '../proto/generated/envoy/extensions/formatter/req_without_query/v3/req_without_query_pb.js'
import { TlsInspectorSchema } from '../proto/generated/envoy/extensions/filters/listener/tls_inspector/v3/tls_inspector_pb.js'
import { HttpConnectionManagerSchema } from '../proto/generated/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js'
import { TcpProxySchema } from '../proto/generated/envoy/extensions/filters/network/tcp_proxy/v3/tcp_proxy_pb.js'
import { PreviousHostsPredicateSchema } from '../proto/generated/envoy/extensions/retry/host/previous_hosts/v3/previous_hosts_pb.js'
import { PreviousPrioritiesConfigSchema } from '../proto/generated/envoy/extensions/retry/priority/previous_priorities/v3/previous_priorities_config_pb.js'
import { HttpProtocolOptionsSchema } from '../proto/generated/envoy/extensions/upstreams/http/v3/http_protocol_options_pb.js'

export const messageRegistry = (): Registry =>
  createRegistry(
    ExpressionFilterSchema,
    ReqWithoutQuerySchema,
    CorsPolicySchema,
    CorsSchema,
    FileAccessLogSchema,
    FilterConfigSchema,
    HTTPFaultSchema,
    HttpConnectionManagerSchema,
    HttpInspectorSchema,
    HttpProtocolOptionsSchema,
    OriginalDstSchema,
    PreviousHostsPredicateSchema,
    PreviousPrioritiesConfigSchema,
    RouterSchema,
    TcpProxySchema,
    TlsInspectorSchema,
  )
