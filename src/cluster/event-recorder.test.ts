import { expect, test } from 'vitest'
import { ApiError } from '../machinery/api-error.ts'
import type { ClusterPort } from '../machinery/ports.ts'
import type { Event } from '../resources/core/event.ts'
import { createEventRecorder, type EventNote } from './event-recorder.ts'

const note: EventNote = {
  object: {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'shop', uid: 'u', resourceVersion: '7' },
  },
  type: 'Normal',
  reason: 'Scheduled',
  message: 'Successfully assigned shop/p to weft',
}

const start = (patchFails = false) => {
  const created: Event[] = []
  const patched: unknown[] = []
  const logged: string[] = []
  const port = {
    create: async (_: unknown, event: Event) => {
      if (event.reason === 'Refused') throw new Error('down')
      created.push(event)
      return event
    },
    patch: async (_: unknown, name: { name: string }, { body }: { body: unknown }) => {
      if (patchFails) throw new ApiError({ code: 404, reason: 'NotFound', message: 'expired' })
      patched.push(body)
      return name
    },
  } as unknown as ClusterPort
  const clock = { now: () => Date.parse('2026-01-01T00:00:00.5Z'), sleep: async () => {} }
  const log = (message: string): void => void logged.push(message)
  const options = { port, clock, random: () => 0.5, log, component: 'default-scheduler' }
  return { recorder: createEventRecorder(options, new AbortController().signal), created, patched, logged }
}

test('an event names its object and its source; a repeat counts up', async () => {
  const { recorder, created, patched } = start()
  for (let times = 0; times < 3; times += 1) recorder.record(note)
  await recorder.flush()
  expect(created).toEqual([
    {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: expect.stringMatching(/^p\.[0-9a-f]+$/), namespace: 'shop' },
      involvedObject: {
        apiVersion: 'v1',
        kind: 'Pod',
        name: 'p',
        namespace: 'shop',
        uid: 'u',
        resourceVersion: '7',
      },
      reason: 'Scheduled',
      message: note.message,
      type: 'Normal',
      source: { component: 'default-scheduler' },
      reportingComponent: 'default-scheduler',
      reportingInstance: '',
      firstTimestamp: '2026-01-01T00:00:00Z',
      lastTimestamp: '2026-01-01T00:00:00Z',
      count: 1,
    },
  ])
  expect(patched).toEqual([2, 3].map((count) => ({ count, lastTimestamp: '2026-01-01T00:00:00Z' })))
})

test('a repeat of an expired event is a new one; a refusal is logged and stops nothing', async () => {
  const { recorder, created, logged } = start(true)
  recorder.record(note)
  recorder.record({ ...note, reason: 'Refused' })
  recorder.record(note)
  await recorder.flush()
  expect(created.length).toBe(2)
  expect(logged).toEqual(['event not recorded'])
})

test('events of one millisecond have names of their own', async () => {
  const { recorder, created } = start()
  for (const reason of ['Pulled', 'Created', 'Started']) recorder.record({ ...note, reason })
  await recorder.flush()
  expect(new Set(created.map(({ metadata }) => metadata.name)).size).toBe(3)
})
