import { describe, expect, test } from 'vitest'
import type { Gateway, GatewayServer, ServerProtocol } from '../model/gateway.ts'
import { gatewaysFor, mergeGateways } from './gateway-view.ts'

const origin = { kind: 'Gateway', namespace: 'default', name: 'gw', generation: 1, field: 'spec.servers[0]' }

const server = (portNumber: number, protocol: ServerProtocol = 'http', bind?: string): GatewayServer => ({
  portNumber,
  portName: protocol,
  protocol,
  hosts: [{ host: '*' }],
  httpsRedirect: false,
  tls: false,
  origin,
  ...(bind === undefined ? {} : { bind }),
})

const gateway = (
  name: string,
  servers: readonly GatewayServer[],
  selector: Readonly<Record<string, string>> = {},
): Gateway => ({ name, namespace: 'default', selector, servers, createdAt: '', origin })

describe('which Gateways a proxy serves', () => {
  const known = [gateway('any', []), gateway('one', [], { a: '1' }), gateway('both', [], { a: '1', b: '2' })]
  test.each<[Readonly<Record<string, string>>, readonly string[]]>([
    [{}, ['any']],
    [{ a: '1' }, ['any', 'one']],
    [{ a: '1', b: '2', c: '3' }, ['any', 'one', 'both']],
    [{ a: '2' }, ['any']],
  ])('labels %j: %j', (labels, names) => {
    expect(gatewaysFor(known, labels).map(({ name }) => name)).toEqual(names)
  })
})

describe('servers on ports', () => {
  test('HTTP servers of several Gateways share a port, in the order of the Gateways', () => {
    const merged = mergeGateways([gateway('old', [server(80)]), gateway('young', [server(80, 'grpc')])], [])
    expect(merged.listeners).toEqual([{ port: 80 }])
    expect(merged.serversOf(80).map(({ gateway: { name } }) => name)).toEqual(['old', 'young'])
    expect(merged.findings).toEqual([])
  })

  test('a port of the Service means its target port, where two may meet', () => {
    const merged = mergeGateways(
      [gateway('gw', [server(80), server(8080), server(443)])],
      [
        { port: 80, target: 8080 },
        { port: 80, target: 9999 },
      ],
    )
    expect(merged.listeners).toEqual([{ port: 8080 }, { port: 443 }])
    expect(merged.serversOf(8080).map(({ server: { portNumber } }) => portNumber)).toEqual([80, 8080])
    expect(merged.serversOf(80)).toEqual([])
  })

  test('the first server says the address', () => {
    expect(
      mergeGateways([gateway('gw', [server(80, 'http', '10.0.0.1'), server(80)])], []).listeners,
    ).toEqual([{ port: 80, bind: '10.0.0.1' }])
  })

  test.each<ServerProtocol>(['https', 'tls', 'tcp', 'mongo'])('%s is told to be left out', (protocol) => {
    const merged = mergeGateways([gateway('gw', [server(443, protocol), server(80)])], [])
    expect(merged.listeners).toEqual([{ port: 80 }])
    expect(merged.findings).toMatchObject([
      { reason: 'UnsupportedValue', origin: { field: 'spec.servers[0].port.protocol' } },
    ])
    expect(merged.findings[0]?.message).toContain(protocol.toUpperCase())
  })
})
