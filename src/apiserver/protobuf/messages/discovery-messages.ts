/** Messages of discovery/v1. */
import type { Messages } from './message.ts'

export const discoveryMessages = {
  EndpointSlice: {
    metadata: '1 ObjectMeta',
    addressType: '4 !string',
    endpoints: '2 []Endpoint',
    ports: '3 []EndpointSlicePort',
  },
  Endpoint: {
    addresses: '1 []string',
    conditions: '2 EndpointConditions',
    hostname: '3 !string',
    targetRef: '4 ObjectReference',
    deprecatedTopology: '5 {}string',
    nodeName: '6 !string',
    zone: '7 !string',
    hints: '8 EndpointHints',
  },
  EndpointConditions: { ready: '1 !bool', serving: '2 !bool', terminating: '3 !bool' },
  EndpointHints: { forZones: '1 []ForZone', forNodes: '2 []ForNode' },
  ForZone: { name: '1 !string' },
  ForNode: { name: '1 !string' },
  EndpointSlicePort: { name: '1 !string', protocol: '2 !string', port: '3 !int', appProtocol: '4 !string' },
} as const satisfies Messages
