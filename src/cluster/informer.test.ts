import { expect, test } from 'vitest'
import { ApiError } from '../machinery/api-error.ts'
import type { ReadPort, WatchEvent } from '../machinery/ports.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import { startInformer } from './informer.ts'
import { createInformerSet } from './informer-set.ts'

const pods = { group: '', version: 'v1', plural: 'pods' }
const pod = (name: string, resourceVersion: string, uid = name): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', uid, resourceVersion },
})

type Step =
  | { readonly watch: readonly (WatchEvent<KubeObject> | Error)[] }
  | { readonly list: readonly KubeObject[]; readonly resourceVersion: string }
  | { readonly fails: Error }

/** A server that follows a script of answers, one per request, and notes what it was asked. After it: silence. */
const scripted = (steps: readonly Step[]) => {
  const asked: string[] = []
  let position = 0
  const next = (): Step | undefined => steps[position++]
  const port = {
    get: async () => undefined,
    list: async () => {
      asked.push('list')
      const step = next()
      if (step !== undefined && 'fails' in step) throw step.fails
      if (step === undefined || !('list' in step)) throw new Error('unexpected list')
      return { items: step.list, resourceVersion: step.resourceVersion }
    },
    watch: async function* (_: unknown, options: { resourceVersion: string }, signal: AbortSignal) {
      asked.push(`watch from ${options.resourceVersion}`)
      const step = next()
      if (step === undefined) {
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
        return
      }
      if (!('watch' in step)) throw new Error('unexpected watch')
      for (const event of step.watch) {
        if (event instanceof Error) throw event
        yield event
      }
    },
  } as unknown as ReadPort
  return { port, asked, finished: () => position > steps.length }
}

const gone = new ApiError({ code: 410, reason: 'Expired', message: 'too old resource version' })

const play = async (steps: readonly Step[]) => {
  const { port, asked, finished } = scripted(steps)
  const abort = new AbortController()
  const slept: number[] = []
  const clock = {
    now: () => 0,
    sleep: async (milliseconds: number) => {
      slept.push(milliseconds)
    },
  }
  const informer = startInformer<KubeObject>(
    { port, resource: pods, clock, random: () => 0, log: () => {} },
    abort.signal,
  )
  const heard: string[] = []
  informer.subscribe(({ type, object }) =>
    heard.push(`${type} ${object.metadata.name}@${object.metadata.resourceVersion}`),
  )
  while (!finished()) await new Promise((resolve) => setImmediate(resolve))
  await informer.synced
  const names = informer.cache.list().map(({ metadata }) => metadata.name)
  abort.abort()
  await informer.done
  return { asked, heard, slept, names }
}

test('lists, watches, and resumes where the watch ended', async () => {
  const { asked, heard, names } = await play([
    { list: [pod('a', '3')], resourceVersion: '5' },
    {
      watch: [
        { type: 'ADDED', object: pod('b', '6') },
        { type: 'MODIFIED', object: pod('a', '7') },
      ],
    },
    { watch: [{ type: 'BOOKMARK', resourceVersion: '9' }, new Error('connection reset')] },
    { watch: [{ type: 'DELETED', object: pod('a', '11') }] },
  ])
  expect(asked).toEqual(['list', 'watch from 5', 'watch from 7', 'watch from 9', 'watch from 11'])
  expect(heard).toEqual(['added a@3', 'added b@6', 'modified a@7', 'deleted a@11'])
  expect(names).toEqual(['b'])
})

test('after a compacted revision it lists again and tells the difference, deletions too', async () => {
  const { asked, heard, names } = await play([
    { list: [pod('a', '1'), pod('b', '2'), pod('c', '3')], resourceVersion: '5' },
    { watch: [gone] },
    { list: [pod('b', '2'), pod('c', '8'), pod('d', '9')], resourceVersion: '10' },
  ])
  expect(asked).toEqual(['list', 'watch from 5', 'list', 'watch from 10'])
  expect(heard.slice(3)).toEqual(['deleted a@1', 'modified c@8', 'added d@9'])
  expect(names).toEqual(['b', 'c', 'd'])
})

test('backs off while the server does not answer, and starts anew after a success', async () => {
  const down = { fails: new Error('refused') }
  const { slept } = await play([
    down,
    down,
    down,
    { list: [], resourceVersion: '1' },
    { watch: [{ type: 'ADDED', object: pod('a', '2') }, new Error('reset')] },
  ])
  expect(slept.slice(0, 4)).toEqual([0, 100, 200, 50])
})

test('an event that was seen already changes nothing', async () => {
  const { heard } = await play([
    { list: [pod('a', '3')], resourceVersion: '3' },
    {
      watch: [
        { type: 'ADDED', object: pod('a', '3') },
        { type: 'DELETED', object: pod('z', '4') },
      ],
    },
  ])
  expect(heard).toEqual(['added a@3'])
})

test('a late subscriber hears what is there, a failing one harms nobody', async () => {
  const { port } = scripted([{ list: [pod('a', '1'), pod('b', '2')], resourceVersion: '2' }])
  const abort = new AbortController()
  const logged: string[] = []
  const set = createInformerSet(
    {
      port,
      clock: { now: () => 0, sleep: async () => {} },
      random: () => 0,
      log: (message) => logged.push(message),
    },
    abort.signal,
  )
  const informer = set.informer(pods)
  const heard: string[] = []
  informer.subscribe(() => {
    throw new Error('bug')
  })
  informer.subscribe(({ object }) => heard.push(object.metadata.name))
  await set.synced()
  expect(set.informer(pods)).toBe(informer)
  set.informer(pods).subscribe(({ type, object }) => heard.push(`late ${type} ${object.metadata.name}`))
  expect(heard).toEqual(['a', 'b', 'late added a', 'late added b'])
  expect(logged).toEqual(['change handler failed', 'change handler failed'])
  abort.abort()
  await set.done()
})

test('an informer that is aborted before it synced rejects `synced`', async () => {
  const abort = new AbortController()
  const { port } = scripted(Array.from({ length: 3 }, () => ({ fails: new Error('refused') })))
  const informer = startInformer(
    { port, resource: pods, clock: { now: () => 0, sleep: async () => {} }, random: () => 0, log: () => {} },
    abort.signal,
  )
  abort.abort(new Error('stopped'))
  await expect(informer.synced).rejects.toThrow('stopped')
  await informer.done
})
