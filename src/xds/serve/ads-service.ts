/** The gRPC service of ADS in both dialects, over raw bytes: messages are encoded and decoded outside gRPC. */
import type { ServiceDefinition } from '@grpc/grpc-js'

const asBuffer = (bytes: Buffer): Buffer => bytes

const bidirectional = (method: string): ServiceDefinition[string] => ({
  path: `/envoy.service.discovery.v3.AggregatedDiscoveryService/${method}`,
  requestStream: true,
  responseStream: true,
  requestSerialize: asBuffer,
  requestDeserialize: asBuffer,
  responseSerialize: asBuffer,
  responseDeserialize: asBuffer,
})

/** Source: envoy/service/discovery/v3/ads.proto. */
export const adsService: ServiceDefinition = {
  streamAggregatedResources: bidirectional('StreamAggregatedResources'),
  deltaAggregatedResources: bidirectional('DeltaAggregatedResources'),
}
