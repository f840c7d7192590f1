import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { KubeObject } from '../resources/kube-object.ts'
import { createRig, requestOf, type Rig } from './api-server-rig.conformance.ts'

let rig: Rig

beforeEach(async () => {
  rig = await createRig()
})
afterEach(async () => {
  await rig.close()
})

const configMaps = '/api/v1/namespaces/default/configmaps'

const create = (name: string, labels: Record<string, string> = {}): ReturnType<Rig['call']> =>
  rig.call('POST', configMaps, { metadata: { name, labels } })

interface Line {
  readonly type: string
  // eslint-disable-next-line typescript/no-explicit-any
  readonly object: any
}

/** Reads a watch's events until `count` are there, then ends it. */
const watched = async (
  url: string,
  count: number,
  act: () => Promise<unknown> = async () => {},
  accept = '',
): Promise<readonly Line[]> => {
  const stop = new AbortController()
  const answer = await rig.server.answer(requestOf('GET', url, { signal: stop.signal, headers: { accept } }))
  if (answer.kind !== 'stream') throw new Error(`no stream: ${JSON.stringify(answer)}`)
  const lines: Line[] = []
  const acting = act()
  for await (const chunk of answer.chunks) {
    for (const line of String(chunk).split('\n')) if (line !== '') lines.push(JSON.parse(line))
    if (lines.length >= count) break
  }
  stop.abort()
  await acting
  return lines
}

const shown = (lines: readonly Line[]): readonly string[] =>
  lines.map(({ type, object }) => `${type} ${object.metadata.name ?? ''}`.trim())

describe('list', () => {
  it('gives all objects at one revision', async () => {
    await create('a')
    await create('b')
    const { body } = await rig.call('GET', configMaps)
    expect(body).toMatchObject({ kind: 'ConfigMapList', apiVersion: 'v1' })
    expect(body.metadata.resourceVersion).toBe(String(rig.store.revision()))
    expect(body.items.map((item: { metadata: { name: string } }) => item.metadata.name)).toEqual(['a', 'b'])
  })

  it('selects by labels and fields', async () => {
    await create('a', { app: 'web' })
    await create('b', { app: 'db' })
    const names = async (query: string): Promise<readonly string[]> =>
      (await rig.call('GET', `${configMaps}?${query}`)).body.items.map(
        (item: { metadata: { name: string } }) => item.metadata.name,
      )
    expect(await names('labelSelector=app%3Dweb')).toEqual(['a'])
    expect(await names('labelSelector=app+notin+(web)')).toEqual(['b'])
    expect(await names('fieldSelector=metadata.name%3Db')).toEqual(['b'])
    expect(await names('fieldSelector=metadata.name!%3Db')).toEqual(['a'])
    expect((await rig.call('GET', `${configMaps}?labelSelector=a%3D%3D%3D`)).code).toBe(400)
    const unknown = await rig.call('GET', `${configMaps}?fieldSelector=data.x%3D1`)
    expect([unknown.code, unknown.body.message]).toEqual([400, 'field label not supported: data.x'])
  })

  it('pages with tokens, and reports all pages as of the first', async () => {
    for (const name of ['a', 'b', 'c']) await create(name)
    const first = (await rig.call('GET', `${configMaps}?limit=2`)).body
    await create('d')
    const second = (await rig.call('GET', `${configMaps}?limit=2&continue=${first.metadata.continue}`)).body
    expect([...first.items, ...second.items].map(({ metadata }) => metadata.name)).toEqual(['a', 'b', 'c'])
    expect(first.metadata.remainingItemCount).toBe(1)
    expect(second.metadata).toEqual({ resourceVersion: first.metadata.resourceVersion })
    expect((await rig.call('GET', `${configMaps}?limit=2&continue=x`)).code).toBe(400)
    const both = `${configMaps}?continue=${first.metadata.continue}&resourceVersion=3`
    expect((await rig.call('GET', both)).body.message).toContain('specifying resource version is not allowed')
  })

  it('shows in later pages what the first one was of, whatever is written between', async () => {
    for (const name of ['a', 'b', 'c', 'd']) await create(name)
    const start = rig.store.revision()
    const { metadata } = (await rig.call('GET', `${configMaps}?limit=1`)).body
    expect(metadata).toMatchObject({ resourceVersion: String(start), remainingItemCount: 3 })
    await rig.call('DELETE', `${configMaps}/b`)
    await rig.call('PUT', `${configMaps}/c`, { metadata: { name: 'c', labels: { x: 'y' } } })
    await rig.call('DELETE', `${configMaps}/c`)
    await create('bb')
    const rest = (await rig.call('GET', `${configMaps}?limit=2&continue=${metadata.continue}`)).body
    expect(rest.items.map((item: KubeObject) => [item.metadata.name, item.metadata.labels])).toEqual([
      ['b', {}],
      ['c', {}],
    ])
    const versions = rest.items.map((item: KubeObject) => Number(item.metadata.resourceVersion))
    expect(versions).toEqual([start - 2, start - 1])
    expect(rest.metadata).toMatchObject({ resourceVersion: String(start), remainingItemCount: 1 })
  })

  it('an expired token is answered with one that goes on with what is there now', async () => {
    for (const name of ['a', 'b', 'c']) await create(name)
    const first = (await rig.call('GET', `${configMaps}?limit=1`)).body
    await create('d')
    await rig.store.compact(rig.store.revision())
    const expired = await rig.call('GET', `${configMaps}?limit=1&continue=${first.metadata.continue}`)
    expect(expired.body).toMatchObject({
      code: 410,
      reason: 'Expired',
      metadata: { continue: expect.any(String) },
    })
    const rest = (await rig.call('GET', `${configMaps}?continue=${expired.body.metadata.continue}`)).body
    expect(rest.items.map((item: KubeObject) => item.metadata.name)).toEqual(['b', 'c', 'd'])
    expect(rest.metadata).toEqual({ resourceVersion: String(rig.store.revision()) })
  })

  it('fills pages that a selector thins out', async () => {
    for (let index = 0; index < 10; index += 1) await create(`c${index}`, { even: String(index % 2 === 0) })
    const { body } = await rig.call('GET', `${configMaps}?limit=4&labelSelector=even%3Dtrue`)
    expect(body.items).toHaveLength(4)
    expect(body.metadata.continue).toBeDefined()
  })

  it('answers for resource versions as Kubernetes does', async () => {
    await create('a')
    const revision = rig.store.revision()
    expect((await rig.call('GET', `${configMaps}?resourceVersion=0`)).code).toBe(200)
    expect((await rig.call('GET', `${configMaps}?resourceVersion=${revision + 1}`)).code).toBe(504)
    expect((await rig.call('GET', `${configMaps}?resourceVersion=abc`)).code).toBe(400)
    const exact = `${configMaps}?resourceVersionMatch=Exact&resourceVersion=`
    expect((await rig.call('GET', exact + String(revision))).code).toBe(200)
    expect((await rig.call('GET', exact + String(revision - 1))).body).toMatchObject({
      metadata: { resourceVersion: String(revision - 1) },
      items: [],
    })
    await rig.store.compact(revision)
    await create('b')
    expect((await rig.call('GET', exact + String(revision - 1))).body).toMatchObject({
      code: 410,
      message: 'The resourceVersion for the provided list is too old.',
    })
  })

  it.each([
    ['resourceVersionMatch=Exact', 'is forbidden unless resourceVersion is provided'],
    ['resourceVersionMatch=Exact&resourceVersion=0', 'is forbidden for resourceVersion "0"'],
    ['resourceVersionMatch=Newest&resourceVersion=1', 'Unsupported value: "Newest"'],
    ['resourceVersionMatch=Exact&resourceVersion=1&continue=x', 'is forbidden when continue is provided'],
    ['sendInitialEvents=true', 'sendInitialEvents is forbidden for list'],
    ['watch=1&sendInitialEvents=true', 'requires setting resourceVersionMatch to NotOlderThan'],
    ['watch=1&resourceVersionMatch=NotOlderThan', 'is forbidden for watch unless sendInitialEvents'],
  ])('refuses %s', async (query, words) => {
    const { body } = await rig.call('GET', `${configMaps}?${query}`)
    expect(body).toMatchObject({ code: 422, reason: 'Invalid', message: expect.stringContaining(words) })
    expect(body.message).toMatch(/^ListOptions\.meta\.k8s\.io "" is invalid: /)
  })

  it('gives tables and metadata alone', async () => {
    await create('a')
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io'
    const table = (await rig.call('GET', configMaps, undefined, { accept })).body
    expect(table.columnDefinitions.map(({ name }: { name: string }) => name)).toEqual(['Name', 'Data', 'Age'])
    expect(table.rows[0]).toMatchObject({
      cells: ['a', 0, expect.stringMatching(/^\d+s$/)],
      object: { kind: 'PartialObjectMetadata', metadata: { name: 'a' } },
    })
    const bare = (await rig.call('GET', `${configMaps}?includeObject=None`, undefined, { accept })).body
    expect(bare.rows[0].object).toBeUndefined()
    const partial = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io'
    const list = (await rig.call('GET', configMaps, undefined, { accept: partial })).body
    expect(list).toMatchObject({ kind: 'PartialObjectMetadataList', items: [{ metadata: { name: 'a' } }] })
    expect(Object.keys(list.items[0]).toSorted()).toEqual(['apiVersion', 'kind', 'metadata'])
  })
})

describe('watch', () => {
  it('continues a list without gap or repeat', async () => {
    await create('a')
    const { body } = await rig.call('GET', configMaps)
    await create('b')
    const url = `${configMaps}?watch=1&resourceVersion=${body.metadata.resourceVersion}`
    const lines = await watched(url, 4, async () => {
      await create('c')
      await rig.call('PUT', `${configMaps}/b`, { metadata: { name: 'b', labels: { x: 'y' } } })
      await rig.call('DELETE', `${configMaps}/c`)
    })
    expect(shown(lines)).toEqual(['ADDED b', 'ADDED c', 'MODIFIED b', 'DELETED c'])
    const versions = lines.map(({ object }) => Number(object.metadata.resourceVersion))
    expect(versions).toEqual(versions.toSorted((left, right) => left - right))
  })

  it('begins with what is there when no version is given', async () => {
    await create('a')
    const lines = await watched(`${configMaps}?watch=true`, 2, () => create('b'))
    expect(shown(lines)).toEqual(['ADDED a', 'ADDED b'])
  })

  it('streams the list, then the bookmark that ends it', async () => {
    await create('a')
    const query = 'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true'
    const lines = await watched(`${configMaps}?${query}`, 3, () => create('b'))
    expect(shown(lines)).toEqual(['ADDED a', 'BOOKMARK', 'ADDED b'])
    expect(lines[1]?.object).toMatchObject({
      kind: 'ConfigMap',
      metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } },
    })
  })

  it('shows an object that leaves the selection as DELETED, one that enters as ADDED', async () => {
    await create('a', { app: 'web' })
    const start = rig.store.revision()
    const url = `${configMaps}?watch=1&resourceVersion=${start}&labelSelector=app%3Dweb`
    const label = (app: string): ReturnType<Rig['call']> =>
      rig.call(
        'PATCH',
        `${configMaps}/a`,
        { metadata: { labels: { app } } },
        { 'content-type': 'application/merge-patch+json' },
      )
    const lines = await watched(url, 2, async () => {
      await label('db')
      await create('b')
      await label('web')
    })
    expect(shown(lines)).toEqual(['DELETED a', 'ADDED a'])
  })

  it('watches one object', async () => {
    await create('a')
    await create('b')
    const url = `${configMaps}?watch=1&fieldSelector=metadata.name%3Db`
    expect(shown(await watched(url, 1))).toEqual(['ADDED b'])
    expect(shown(await watched(`${configMaps}/a?watch=1`, 1))).toEqual(['ADDED a'])
  })

  it('keeps namespaces and kinds apart', async () => {
    const url = `/api/v1/namespaces/default/secrets?watch=1&resourceVersion=${rig.store.revision()}`
    const lines = await watched(url, 1, async () => {
      await create('a')
      await rig.call('POST', '/api/v1/namespaces/kube-system/secrets', { metadata: { name: 'other' } })
      await rig.call('POST', '/api/v1/namespaces/default/secrets', { metadata: { name: 's' } })
    })
    expect(shown(lines)).toEqual(['ADDED s'])
  })

  it('says that a version is gone after compaction', async () => {
    const start = rig.store.revision()
    await create('a')
    await create('b')
    const { store } = rig
    await rig.server.close()
    await store.compact(store.revision())
    rig = await createRig({ store })
    const lines = await watched(`${configMaps}?watch=1&resourceVersion=${start}`, 1)
    expect(lines[0]).toMatchObject({
      type: 'ERROR',
      object: { kind: 'Status', code: 410, reason: 'Expired' },
    })
  })

  it('refuses a version that is not there yet', async () => {
    expect(
      (await rig.call('GET', `${configMaps}?watch=1&resourceVersion=${rig.store.revision() + 5}`)).code,
    ).toBe(504)
  })

  it('ends after timeoutSeconds, with a bookmark', async () => {
    await rig.close()
    rig = await createRig({
      clock: { now: () => 0, sleep: async (ms) => (ms === 7000 ? undefined : new Promise(() => {})) },
    })
    const url = `${configMaps}?watch=1&timeoutSeconds=7&allowWatchBookmarks=1&resourceVersion=${rig.store.revision()}`
    const lines = await watched(url, 9)
    expect(lines).toEqual([
      {
        type: 'BOOKMARK',
        object: expect.objectContaining({
          metadata: { resourceVersion: String(rig.store.revision()), creationTimestamp: null },
        }),
      },
    ])
  })

  it('gives tables', async () => {
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io'
    const lines = await watched(`${configMaps}?watch=1`, 1, () => create('a'), accept)
    expect(lines[0]).toMatchObject({
      type: 'ADDED',
      object: { kind: 'Table', rows: [{ cells: ['a', 0, expect.any(String)] }] },
    })
  })

  it('encodes an event once for all who watch the same way', async () => {
    const url = `${configMaps}?watch=1&resourceVersion=${rig.store.revision()}`
    const streams = await Promise.all([1, 2].map(() => rig.server.answer(requestOf('GET', url))))
    const firsts = streams.map(async (answer) => {
      if (answer.kind !== 'stream') throw new Error('no stream')
      for await (const chunk of answer.chunks) return chunk
      return undefined
    })
    await create('a')
    const [left, right] = await Promise.all(firsts)
    expect(left).toBe(right)
  })

  it('resumes from before this server started, out of the store', async () => {
    await create('a')
    const start = rig.store.revision()
    await create('b')
    const { store } = rig
    await rig.server.close()
    rig = await createRig({ store })
    const lines = await watched(`${configMaps}?watch=1&resourceVersion=${start}`, 2, () => create('c'))
    expect(shown(lines)).toEqual(['ADDED b', 'ADDED c'])
  })
})
