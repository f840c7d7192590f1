/** metrics.k8s.io over the whole API server, with a node that says what its pods use. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createRig, type Rig } from '../api-server-rig.conformance.ts'

const metrics = '/apis/metrics.k8s.io/v1beta1'

let node: Server
let rig: Rig
let uid = ''

const stats = (nanoCores: number, bytes: number): object => ({
  cpu: { usageNanoCores: nanoCores },
  memory: { workingSetBytes: bytes },
})

beforeEach(async () => {
  node = createServer((request, response) => {
    const web = { podRef: { uid }, containers: [{ name: 'app', ...stats(2_500_000, 1_048_577) }] }
    const summary = {
      node: { nodeName: 'weft', ...stats(1e9, 2 ** 30) },
      windowMilliseconds: 1500,
      pods: [web],
    }
    response.statusCode = request.url === '/stats/summary' ? 200 : 404
    response.end(JSON.stringify(summary))
  }).listen(0, '127.0.0.1')
  await once(node, 'listening')
  const { port } = node.address() as AddressInfo
  rig = await createRig({ connectNode: async () => connect(port, '127.0.0.1') })
  await rig.call('POST', '/api/v1/nodes', { metadata: { name: 'weft' } })
  for (const name of ['web', 'waiting']) {
    const spec = { containers: [{ name: 'app', image: 'i' }] }
    const made = await rig.call('POST', '/api/v1/namespaces/default/pods', {
      metadata: { name, labels: { app: name } },
      spec,
    })
    if (name === 'web') uid = made.body.metadata.uid
  }
})
afterEach(async () => {
  await rig.close()
  node.close()
})

describe('metrics', () => {
  test('of pods that run, with their labels', async () => {
    const list = (await rig.call('GET', `${metrics}/pods`)).body
    expect(list).toMatchObject({ kind: 'PodMetricsList', apiVersion: 'metrics.k8s.io/v1beta1' })
    expect(list.items).toEqual([
      {
        apiVersion: 'metrics.k8s.io/v1beta1',
        kind: 'PodMetrics',
        metadata: {
          name: 'web',
          namespace: 'default',
          labels: { app: 'web' },
          creationTimestamp: expect.any(String),
        },
        timestamp: expect.any(String),
        window: '1.500s',
        containers: [{ name: 'app', usage: { cpu: '2500000n', memory: '1025Ki' } }],
      },
    ])
    const named = async (query: string): Promise<number> =>
      (await rig.call('GET', `${metrics}/namespaces/default/pods?${query}`)).body.items.length
    expect([await named('labelSelector=app%3Dweb'), await named('labelSelector=app%3Dother')]).toEqual([1, 0])
    expect((await rig.call('GET', `${metrics}/namespaces/kube-system/pods`)).body.items).toEqual([])
  })

  test('of one pod, of a node, and of what does not run', async () => {
    const one = await rig.call('GET', `${metrics}/namespaces/default/pods/web`)
    expect([one.code, one.body.kind]).toEqual([200, 'PodMetrics'])
    expect((await rig.call('GET', `${metrics}/nodes/weft`)).body.usage).toEqual({
      cpu: '1000000000n',
      memory: '1048576Ki',
    })
    const none = await rig.call('GET', `${metrics}/namespaces/default/pods/waiting`)
    expect([none.code, none.body.message]).toEqual([404, 'pods.metrics.k8s.io "waiting" not found'])
    expect((await rig.call('DELETE', `${metrics}/nodes/weft`)).code).toBe(405)
    expect((await rig.call('GET', `${metrics}/nodes?watch=1`)).code).toBe(405)
  })

  test('as a table', async () => {
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io'
    const table = (await rig.call('GET', `${metrics}/pods`, undefined, { accept })).body
    expect(table.rows[0].cells).toEqual(['web', '2500u', '1025Ki', '1.500s'])
  })

  test('a node that does not answer', async () => {
    node.close()
    node.closeAllConnections()
    expect((await rig.call('GET', `${metrics}/nodes`)).body).toMatchObject({
      code: 503,
      reason: 'ServiceUnavailable',
    })
  })
})
