import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createRig, type Answered, type Rig } from './api-server-rig.conformance.ts'

let rig: Rig

beforeEach(async () => {
  rig = await createRig()
})
afterEach(async () => {
  await rig.close()
})

const pods = '/api/v1/namespaces/default/pods'
const configMaps = '/api/v1/namespaces/default/configmaps'

const pod = (name: string, spec: object = {}): Promise<Answered> =>
  rig.call('POST', pods, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { nodeName: 'weft', containers: [{ name: 'c', image: 'i' }], ...spec },
  })

const remove = (url: string, options?: object): Promise<Answered> =>
  rig.call(
    'DELETE',
    url,
    options === undefined ? undefined : { kind: 'DeleteOptions', apiVersion: 'v1', ...options },
  )

describe('delete', () => {
  it('removes at once what nothing holds, and says so', async () => {
    const { body } = await rig.call('POST', configMaps, { metadata: { name: 'a' } })
    const answer = await remove(`${configMaps}/a`)
    expect([answer.code, answer.body]).toEqual([
      200,
      {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Success',
        details: { name: 'a', kind: 'configmaps', uid: body.metadata.uid },
      },
    ])
    expect((await remove(`${configMaps}/a`)).code).toBe(404)
  })

  it('gives pods their grace: marked first, gone when the node deletes with grace 0', async () => {
    await pod('p', { terminationGracePeriodSeconds: 7 })
    const { body } = await remove(`${pods}/p`)
    expect(body.metadata).toMatchObject({
      deletionGracePeriodSeconds: 7,
      deletionTimestamp: expect.any(String),
    })
    const again = await remove(`${pods}/p`)
    expect(again.body.metadata.resourceVersion).toBe(body.metadata.resourceVersion)
    const shorter = await remove(`${pods}/p`, { gracePeriodSeconds: 2 })
    expect(shorter.body.metadata.deletionGracePeriodSeconds).toBe(2)
    const longer = await remove(`${pods}/p`, { gracePeriodSeconds: 60 })
    expect(longer.body.metadata.deletionGracePeriodSeconds).toBe(2)
    expect((await remove(`${pods}/p`, { gracePeriodSeconds: 0 })).code).toBe(200)
    expect((await rig.call('GET', `${pods}/p`)).code).toBe(404)
  })

  it('removes a pod without a node at once', async () => {
    await pod('p', { nodeName: undefined })
    await remove(`${pods}/p`)
    expect((await rig.call('GET', `${pods}/p`)).code).toBe(404)
  })

  it('waits for finalizers, and goes with the last one', async () => {
    await rig.call('POST', configMaps, { metadata: { name: 'a', finalizers: ['example.com/hold'] } })
    const { body } = await remove(`${configMaps}/a`)
    expect(body.metadata.deletionTimestamp).toBeDefined()
    const more = await rig.call('PUT', `${configMaps}/a`, {
      metadata: { name: 'a', finalizers: ['example.com/hold', 'example.com/more'] },
    })
    expect([more.code, more.body.message]).toEqual([422, expect.stringContaining('no new finalizers')])
    const released = await rig.call('PUT', `${configMaps}/a`, { metadata: { name: 'a', finalizers: [] } })
    expect(released.code).toBe(200)
    expect((await rig.call('GET', `${configMaps}/a`)).code).toBe(404)
  })

  it.each([
    ['Foreground', ['foregroundDeletion']],
    ['Orphan', ['orphan']],
  ])('%s waits for the garbage collector', async (propagationPolicy, finalizers) => {
    await rig.call('POST', configMaps, { metadata: { name: 'a' } })
    expect((await remove(`${configMaps}/a`, { propagationPolicy })).body.metadata.finalizers).toEqual(
      finalizers,
    )
  })

  it('holds to preconditions', async () => {
    await rig.call('POST', configMaps, { metadata: { name: 'a' } })
    expect((await remove(`${configMaps}/a`, { preconditions: { uid: 'other' } })).code).toBe(409)
    expect((await remove(`${configMaps}/a`, { preconditions: { resourceVersion: '1' } })).code).toBe(409)
    expect((await rig.call('GET', `${configMaps}/a`)).code).toBe(200)
  })

  it('refuses options that Kubernetes does not know', async () => {
    await rig.call('POST', configMaps, { metadata: { name: 'a' } })
    expect((await remove(`${configMaps}/a`, { propagationPolicy: 'Sideways' })).code).toBe(400)
    expect((await remove(`${configMaps}/a`, { gracePeriodSeconds: -1 })).code).toBe(400)
    expect((await rig.call('DELETE', `${configMaps}/a?gracePeriodSeconds=x`)).code).toBe(400)
  })

  it('does nothing on a dry run', async () => {
    await rig.call('POST', configMaps, { metadata: { name: 'a' } })
    await rig.call('DELETE', `${configMaps}/a?dryRun=All`)
    await remove(`${configMaps}/a`, { dryRun: ['All'] })
    expect((await rig.call('GET', `${configMaps}/a`)).code).toBe(200)
  })

  it('empties a collection by selector', async () => {
    for (const name of ['a', 'b'])
      await rig.call('POST', configMaps, { metadata: { name, labels: { n: name } } })
    const { body } = await rig.call('DELETE', `${configMaps}?labelSelector=n%3Da`)
    expect(body.items).toHaveLength(1)
    const left = (await rig.call('GET', configMaps)).body.items
    expect(left.map(({ metadata }: { metadata: { name: string } }) => metadata.name)).toEqual(['b'])
  })

  it('ends a namespace in two steps: Terminating, then gone when finalize empties spec.finalizers', async () => {
    const url = '/api/v1/namespaces/kube-system'
    const { body } = await remove(url)
    expect(body).toMatchObject({ status: { phase: 'Terminating' }, spec: { finalizers: ['kubernetes'] } })
    expect(body.metadata.finalizers).toBeUndefined()
    const finalized = await rig.call('PUT', `${url}/finalize`, { ...body, spec: { finalizers: [] } })
    expect(finalized.code).toBe(200)
    expect((await rig.call('GET', url)).code).toBe(404)
  })
})
