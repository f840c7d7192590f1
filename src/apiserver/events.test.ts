/** One event under the names of both its groups. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createRig, requestOf, type Rig } from './api-server-rig.conformance.ts'

const core = '/api/v1/namespaces/default/events'
const newer = '/apis/events.k8s.io/v1/namespaces/default/events'

let rig: Rig

beforeEach(async () => {
  rig = await createRig()
})
afterEach(() => rig.close())

const event = {
  metadata: { name: 'seen' },
  eventTime: '2026-01-01T00:00:00.000000Z',
  reportingController: 'example.com/watcher',
  reportingInstance: 'watcher-0',
  action: 'Watching',
  reason: 'Seen',
  regarding: { kind: 'Pod', name: 'web', namespace: 'default' },
  note: 'web was seen',
  type: 'Normal',
}

test('written in the new group, read in the old one, and the other way', async () => {
  expect((await rig.call('POST', newer, event)).code).toBe(201)
  expect((await rig.call('GET', `${core}/seen`)).body).toMatchObject({
    apiVersion: 'v1',
    kind: 'Event',
    involvedObject: event.regarding,
    message: event.note,
    reportingComponent: event.reportingController,
  })
  await rig.call('POST', core, {
    metadata: { name: 'old' },
    involvedObject: { kind: 'Pod', name: 'db' },
    reason: 'Started',
    message: 'Started container',
    source: { component: 'kubelet' },
    count: 3,
    type: 'Normal',
  })
  expect((await rig.call('GET', `${newer}/old`)).body).toMatchObject({
    apiVersion: 'events.k8s.io/v1',
    regarding: { name: 'db' },
    note: 'Started container',
    deprecatedSource: { component: 'kubelet' },
    deprecatedCount: 3,
  })
  const headers = { 'content-type': 'application/merge-patch+json' }
  const series = { count: 2, lastObservedTime: '2026-01-01T00:00:01.000000Z' }
  expect((await rig.call('PATCH', `${newer}/seen`, { series }, headers)).body.series).toEqual(series)
  expect((await rig.call('GET', `${core}/seen`)).body.series).toEqual(series)
  expect((await rig.call('DELETE', `${newer}/old`)).code).toBe(200)
  expect((await rig.call('GET', `${core}/old`)).code).toBe(404)
})

test('listed, selected and shown alike', async () => {
  await rig.call('POST', newer, event)
  const names = async (url: string): Promise<readonly string[]> =>
    (await rig.call('GET', url)).body.items.map((item: typeof event) => item.metadata.name)
  expect(await names(`${newer}?fieldSelector=regarding.name%3Dweb`)).toEqual(['seen'])
  expect(await names(`${newer}?fieldSelector=regarding.name%3Ddb`)).toEqual([])
  expect(await names(`${core}?fieldSelector=involvedObject.name%3Dweb`)).toEqual(['seen'])
  const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io'
  const cells = async (url: string): Promise<unknown> =>
    (await rig.call('GET', url, undefined, { accept })).body.rows[0].cells.slice(1)
  expect(await cells(newer)).toEqual(await cells(core))
})

test('both watches of one write see it under their own names', async () => {
  const first = async (url: string): Promise<unknown> => {
    const answer = await rig.server.answer(
      requestOf('GET', `${url}?watch=1&resourceVersion=${rig.store.revision()}`),
    )
    if (answer.kind !== 'stream') throw new Error('no stream')
    for await (const chunk of answer.chunks) return JSON.parse(String(chunk)).object
    return undefined
  }
  const both = [first(newer), first(core), first(`${newer}`)]
  await rig.call('POST', newer, event)
  expect(await Promise.all(both)).toEqual([
    expect.objectContaining({ apiVersion: 'events.k8s.io/v1', note: event.note }),
    expect.objectContaining({ apiVersion: 'v1', message: event.note }),
    expect.objectContaining({ apiVersion: 'events.k8s.io/v1', regarding: event.regarding }),
  ])
})

test.each(['eventTime', 'reportingController', 'reportingInstance', 'action', 'reason', 'type'])(
  'an event without %s is refused',
  async (field) => {
    const { body } = await rig.call('POST', newer, { ...event, [field]: undefined })
    expect(body).toMatchObject({ code: 422, message: expect.stringContaining(`${field}: `) })
  },
)
