import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import { decode, encode, type Packet, type RecordType } from 'dns-packet'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Service, ServiceSpec } from '../../resources/core/service.ts'
import type { Endpoint, EndpointSlice } from '../../resources/discovery/endpoint-slice.ts'
import { startClusterDns } from './cluster-dns.ts'
import { createDnsData } from './dns-index.ts'
import { answerResponse, fitDatagram, parseQuery } from './dns-message.ts'
import { answerQuestion, type DnsData } from './dns-records.ts'
import type { ServiceWithSlices } from './service-endpoints.ts'

const service = (name: string, spec: ServiceSpec): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'default' },
  spec,
})

const slice = (ports: EndpointSlice['ports'], endpoints: readonly Endpoint[]): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: 'slice', namespace: 'default' },
  addressType: 'IPv4',
  endpoints,
  ...(ports === undefined ? {} : { ports }),
})

const entries: ServiceWithSlices[] = [
  {
    service: service('myapp', {
      clusterIP: '10.96.0.5',
      ports: [
        { name: 'http', port: 80 },
        { name: 'dns', protocol: 'UDP', port: 53 },
      ],
    }),
    slices: [],
  },
  {
    service: service('db', { clusterIP: 'None', ports: [{ name: 'sql', port: 5432 }] }),
    slices: [
      slice(
        [{ name: 'sql', port: 15432 }],
        [
          { addresses: ['10.244.0.21'], hostname: 'db-0' },
          { addresses: ['10.244.0.20'] },
          { addresses: ['10.244.0.22'], conditions: { ready: false } },
        ],
      ),
    ],
  },
  {
    service: service('many', { clusterIP: 'None', ports: [] }),
    slices: [
      slice(
        [],
        Array.from({ length: 200 }, (_, index): Endpoint => ({ addresses: [`10.244.9.${index}`] })),
      ),
    ],
  },
  { service: service('outside', { type: 'ExternalName', externalName: 'example.com.' }), slices: [] },
  {
    service: service('alias', { type: 'ExternalName', externalName: 'myapp.default.svc.cluster.local' }),
    slices: [],
  },
]

const data: DnsData = createDnsData(
  {
    get: (namespace, name) =>
      entries.find(({ service: { metadata } }) => metadata.namespace === namespace && metadata.name === name),
    all: () => entries,
    hasNamespace: (namespace) => namespace === 'default',
    subscribe: () => undefined,
    revision: () => 1,
  },
  'cluster.local',
  '10.96.0.10',
)

const lines = (name: string, type: string): unknown => {
  const answer = answerQuestion({ name, type }, data)
  if (answer === undefined) return 'elsewhere'
  if (!answer.exists) return 'NXDOMAIN'
  return answer.answers.map((record) => {
    switch (record.type) {
      case 'A':
        return `${record.ttl} A ${record.address}`
      case 'SRV':
        return `${record.ttl} SRV ${record.port} ${record.target}`
      case 'CNAME':
      case 'NS':
      case 'PTR':
        return `${record.ttl} ${record.type} ${record.target}`
      case 'TXT':
        return `${record.ttl} TXT ${record.text}`
      case 'SOA':
        return `${record.ttl} SOA`
    }
  })
}

describe('the records of the cluster', () => {
  test.each([
    ['myapp.default.svc.cluster.local', 'A', ['30 A 10.96.0.5']],
    ['MyApp.Default.svc.cluster.LOCAL', 'A', ['30 A 10.96.0.5']],
    ['myapp.default.svc.cluster.local', 'AAAA', []],
    ['myapp.default.svc.cluster.local', 'TXT', []],
    ['other.default.svc.cluster.local', 'A', 'NXDOMAIN'],
    ['myapp.other.svc.cluster.local', 'A', 'NXDOMAIN'],
    ['myapp.default.cluster.local', 'A', 'NXDOMAIN'],
    ['default.svc.cluster.local', 'A', []],
    ['other.svc.cluster.local', 'A', 'NXDOMAIN'],
    ['svc.cluster.local', 'A', []],
    ['db.default.svc.cluster.local', 'A', ['5 A 10.244.0.20', '5 A 10.244.0.21']],
    ['db-0.db.default.svc.cluster.local', 'A', ['5 A 10.244.0.21']],
    ['10-244-0-20.db.default.svc.cluster.local', 'A', ['5 A 10.244.0.20']],
    ['db-0.db.default.svc.cluster.local', 'AAAA', []],
    ['db-1.db.default.svc.cluster.local', 'A', 'NXDOMAIN'],
    ['db-0.myapp.default.svc.cluster.local', 'A', 'NXDOMAIN'],
    ['_http._tcp.myapp.default.svc.cluster.local', 'SRV', ['30 SRV 80 myapp.default.svc.cluster.local']],
    ['_dns._udp.myapp.default.svc.cluster.local', 'SRV', ['30 SRV 53 myapp.default.svc.cluster.local']],
    ['_http._udp.myapp.default.svc.cluster.local', 'SRV', 'NXDOMAIN'],
    ['_http._tcp.myapp.default.svc.cluster.local', 'A', []],
    [
      '_sql._tcp.db.default.svc.cluster.local',
      'SRV',
      [
        '5 SRV 15432 10-244-0-20.db.default.svc.cluster.local',
        '5 SRV 15432 db-0.db.default.svc.cluster.local',
      ],
    ],
    ['outside.default.svc.cluster.local', 'A', ['30 CNAME example.com']],
    ['outside.default.svc.cluster.local', 'AAAA', ['30 CNAME example.com']],
    ['10-244-1-2.default.pod.cluster.local', 'A', ['5 A 10.244.1.2']],
    ['10-244-1.default.pod.cluster.local', 'A', 'NXDOMAIN'],
    ['5.0.96.10.in-addr.arpa', 'PTR', ['5 PTR myapp.default.svc.cluster.local']],
    ['21.0.244.10.in-addr.arpa', 'PTR', ['5 PTR db-0.db.default.svc.cluster.local']],
    ['9.9.244.11.in-addr.arpa', 'PTR', 'elsewhere'],
    ['cluster.local', 'SOA', ['5 SOA']],
    ['cluster.local', 'NS', ['30 NS ns.dns.cluster.local']],
    ['ns.dns.cluster.local', 'A', ['30 A 10.96.0.10']],
    ['dns-version.cluster.local', 'TXT', ['28800 TXT 1.1.0']],
    ['example.com', 'A', 'elsewhere'],
    ['mycluster.local', 'A', 'elsewhere'],
  ])('%s %s', (name, type, expected) => {
    expect(lines(name, type)).toEqual(expected)
  })

  test('SRV of a headless service brings the addresses of its targets', () => {
    const answer = answerQuestion({ name: '_sql._tcp.db.default.svc.cluster.local', type: 'SRV' }, data)
    expect(answer?.additionals).toEqual([
      { type: 'A', name: 'db-0.db.default.svc.cluster.local', ttl: 5, address: '10.244.0.21' },
      { type: 'A', name: '10-244-0-20.db.default.svc.cluster.local', ttl: 5, address: '10.244.0.20' },
    ])
  })
})

const query = (name: string, type: RecordType, edns?: number): Buffer =>
  encode({
    type: 'query',
    id: 77,
    flags: 0x100,
    questions: [{ name, type }],
    ...(edns === undefined
      ? {}
      : {
          additionals: [
            {
              type: 'OPT',
              name: '.',
              udpPayloadSize: edns,
              flags: 0,
              options: [],
              extendedRcode: 0,
              ednsVersion: 0,
              flag_do: false,
            },
          ],
        }),
  })

describe('DNS messages', () => {
  test('bytes that are no query never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const parsed = parseQuery(Buffer.from(bytes))
        if (parsed.ok) expect(parsed.query.question.name).toBeTypeOf('string')
        else expect(parsed.id === undefined || ['FORMERR', 'NOTIMP'].includes(parsed.code)).toBe(true)
      }),
    )
  })

  test.each([
    { edns: undefined, limit: 512 },
    { edns: 100, limit: 512 },
    { edns: 1232, limit: 1232 },
    { edns: 65_000, limit: 1432 },
  ])('a long answer is cut to $limit bytes when the client says $edns', ({ edns, limit }) => {
    const parsed = parseQuery(query('many.default.svc.cluster.local', 'A', edns))
    if (!parsed.ok) throw new Error('unreadable')
    const answer = answerQuestion(parsed.query.question, data)
    if (answer === undefined) throw new Error('elsewhere')
    const whole = answerResponse(parsed.query, answer, data)
    const cut = fitDatagram(whole, parsed.query)
    expect(cut.length).toBeLessThanOrEqual(limit)
    const message = decode(cut)
    expect(message.flag_tc).toBe(true)
    expect(message.answers?.length).toBeGreaterThan(4)
    expect(message.additionals?.some(({ type }) => type === 'OPT')).toBe(edns !== undefined)
    expect(decode(whole).answers).toHaveLength(200)
  })
})

describe('the server', () => {
  const port = 15_353
  const stop = new AbortController()
  const forwarded: string[] = []

  beforeAll(async () => {
    await startClusterDns(
      {
        data,
        address: '127.0.0.1',
        port,
        forward: (bytes) => {
          const name = decode(bytes).questions?.[0]?.name ?? ''
          forwarded.push(name)
          if (!name.startsWith('example')) return Promise.resolve(undefined)
          return Promise.resolve(
            encode({
              ...decode(bytes),
              type: 'response',
              answers: [{ type: 'A', name, data: '192.0.2.80', ttl: 60 }],
            }),
          )
        },
        random: () => 0.5,
        log: () => undefined,
      },
      stop.signal,
    )
  })
  afterAll(() => stop.abort())

  const ask = async (bytes: Buffer): Promise<Packet> => {
    const socket = createSocket('udp4')
    socket.send(bytes, port, '127.0.0.1')
    const [response] = (await once(socket, 'message')) as [Buffer]
    socket.close()
    return decode(response)
  }

  test('answers with authority, and denies with the SOA of the zone', async () => {
    const found = await ask(query('myapp.default.svc.cluster.local', 'A'))
    expect(found).toMatchObject({ id: 77, flag_aa: true, flag_rd: true, flag_ra: true, rcode: 'NOERROR' })
    expect(found.answers).toMatchObject([{ type: 'A', data: '10.96.0.5', ttl: 30 }])
    const missing = await ask(query('nothing.default.svc.cluster.local', 'A'))
    expect(missing).toMatchObject({
      rcode: 'NXDOMAIN',
      authorities: [{ type: 'SOA', name: 'cluster.local' }],
    })
    const empty = await ask(query('myapp.default.svc.cluster.local', 'AAAA'))
    expect(empty).toMatchObject({ rcode: 'NOERROR', answers: [], authorities: [{ type: 'SOA' }] })
  })

  test('forwards names of others, and says so when nobody answers', async () => {
    expect(await ask(query('example.com', 'A'))).toMatchObject({ answers: [{ data: '192.0.2.80' }] })
    expect(await ask(query('unreachable.org', 'A'))).toMatchObject({ rcode: 'SERVFAIL', answers: [] })
    expect(await ask(query('misspelt', 'A'))).toMatchObject({ rcode: 'NXDOMAIN' })
    expect(forwarded).toEqual(['example.com', 'unreachable.org', 'misspelt'])
  })

  test('an alias comes with its addresses, inside and outside', async () => {
    const inside = await ask(query('alias.default.svc.cluster.local', 'A'))
    expect(inside.answers).toMatchObject([{ type: 'CNAME' }, { type: 'A', data: '10.96.0.5' }])
    const outside = await ask(query('outside.default.svc.cluster.local', 'A'))
    expect(outside.answers).toMatchObject([
      { type: 'CNAME', data: 'example.com' },
      { type: 'A', name: 'example.com', data: '192.0.2.80' },
    ])
  })

  test('unknown types, classes and operations', async () => {
    const https = query('myapp.default.svc.cluster.local', 'A')
    https.writeUInt16BE(65, https.length - 4)
    expect(await ask(https)).toMatchObject({ rcode: 'NOERROR', answers: [] })
    const chaos = query('myapp.default.svc.cluster.local', 'A')
    chaos.writeUInt16BE(3, chaos.length - 2)
    expect(await ask(chaos)).toMatchObject({ rcode: 'REFUSED' })
    const notify = query('myapp.default.svc.cluster.local', 'A')
    notify.writeUInt8(0x20, 2)
    expect(await ask(notify)).toMatchObject({ rcode: 'NOTIMP' })
  })

  test('the whole answer by TCP, also for queries in pieces', async () => {
    const socket = connect(port, '127.0.0.1')
    const bytes = query('many.default.svc.cluster.local', 'A')
    const message = Buffer.concat([Buffer.from([0, bytes.length]), bytes])
    const twice = Buffer.concat([message, message])
    socket.write(twice.subarray(0, 20))
    socket.end(twice.subarray(20))
    const parts: Buffer[] = []
    for await (const part of socket) parts.push(part as Buffer)
    const all = Buffer.concat(parts)
    const length = all.readUInt16BE(0)
    expect(all.length).toBe((length + 2) * 2)
    expect(decode(all.subarray(2, length + 2)).answers).toHaveLength(200)
  })
})
