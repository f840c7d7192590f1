import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createRig, type Answered, type Rig } from './api-server-rig.conformance.ts'

let rig: Rig

beforeEach(async () => {
  rig = await createRig()
})
afterEach(async () => {
  await rig.close()
})

const services = '/api/v1/namespaces/default/services'

const service = (name: string, spec: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { ports: [{ port: 80 }], selector: { app: name }, ...spec },
})

const create = (name: string, spec: object = {}): Promise<Answered> =>
  rig.call('POST', services, service(name, spec))

describe('service addresses', () => {
  it('are given from the range, each once, also to those who ask at the same time', async () => {
    const answers = await Promise.all(['a', 'b', 'c', 'd'].map((name) => create(name)))
    const addresses = answers.map(({ body }) => body.spec.clusterIP)
    expect(new Set(addresses).size).toBe(4)
    for (const address of addresses) expect(address).toMatch(/^10\.96\.\d+\.\d+$/)
    expect(answers[0]?.body.spec).toMatchObject({ clusterIPs: [addresses[0]], ipFamilies: ['IPv4'] })
  })

  it('may be asked for, once and in the range', async () => {
    expect((await create('dns', { clusterIP: '10.96.0.10' })).body.spec.clusterIPs).toEqual(['10.96.0.10'])
    const taken = await create('b', { clusterIP: '10.96.0.10' })
    expect([taken.code, taken.body.message]).toEqual([
      422,
      expect.stringContaining('provided IP is already allocated'),
    ])
    const outside = await create('c', { clusterIP: '192.168.0.1' })
    expect([outside.code, outside.body.message]).toEqual([
      422,
      expect.stringContaining('not in the valid range'),
    ])
    expect((await create('d', { clusterIP: 'nonsense' })).code).toBe(422)
  })

  it('come back when a Service goes, and outlive the server', async () => {
    const { store } = rig
    await create('dns', { clusterIP: '10.96.0.10' })
    await rig.server.close()
    rig = await createRig({ store })
    expect((await create('b', { clusterIP: '10.96.0.10' })).code).toBe(422)
    await rig.call('DELETE', `${services}/dns`)
    expect((await create('b', { clusterIP: '10.96.0.10' })).code).toBe(201)
  })

  it('are free at once when their Service goes, for the same Service and for another', async () => {
    const spec = { clusterIP: '10.96.0.50', type: 'NodePort', ports: [{ port: 80, nodePort: 30_123 }] }
    for (const name of ['a', 'a', 'b']) {
      expect((await create(name, spec)).code).toBe(201)
      expect((await create('other', { clusterIP: '10.96.0.50' })).code).toBe(422)
      expect((await rig.call('DELETE', `${services}/${name}`)).code).toBe(200)
    }
  })

  it('may be asked for again when the request was refused for something else', async () => {
    const refused = await create('a', { clusterIP: '10.96.0.50', ports: [{ port: 0 }] })
    expect([refused.code, refused.body.message]).toEqual([422, expect.stringContaining('spec.ports[0].port')])
    expect((await create('a', { clusterIP: '10.96.0.50' })).code).toBe(201)
  })

  it('leave headless and external Services alone', async () => {
    expect((await create('a', { clusterIP: 'None' })).body.spec).toMatchObject({
      clusterIP: 'None',
      clusterIPs: ['None'],
    })
    const external = await create('b', {
      type: 'ExternalName',
      externalName: 'example.com',
      ports: undefined,
    })
    expect(external.body.spec.clusterIP).toBeUndefined()
  })

  it('stay when an update leaves them out', async () => {
    const { body } = await create('a', { type: 'NodePort' })
    const { nodePort } = body.spec.ports[0]
    expect(nodePort).toBeGreaterThanOrEqual(30000)
    const updated = await rig.call(
      'PUT',
      `${services}/a`,
      service('a', { type: 'NodePort', selector: { x: 'y' } }),
    )
    expect(updated.body.spec).toMatchObject({
      clusterIP: body.spec.clusterIP,
      ports: [{ port: 80, nodePort }],
    })
  })

  it('give node ports to load balancers, each once', async () => {
    const first = await create('a', {
      type: 'LoadBalancer',
      ports: [
        { name: 'x', port: 80 },
        { name: 'y', port: 443 },
      ],
    })
    const ports = first.body.spec.ports.map(({ nodePort }: { nodePort: number }) => nodePort)
    expect(new Set(ports).size).toBe(2)
    const same = await create('b', { type: 'NodePort', ports: [{ port: 80, nodePort: ports[0] }] })
    expect([same.code, same.body.message]).toEqual([422, expect.stringContaining('spec.ports[0].nodePort')])
    expect((await create('c', { type: 'NodePort', ports: [{ port: 80, nodePort: 80 }] })).code).toBe(422)
  })

  it('are not taken by a dry run', async () => {
    const dry = await rig.call('POST', `${services}?dryRun=All`, service('a', { clusterIP: '10.96.0.77' }))
    expect(dry.code).toBe(201)
    expect((await create('b', { clusterIP: '10.96.0.77' })).code).toBe(201)
  })
})
