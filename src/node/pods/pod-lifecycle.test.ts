import { describe, expect, test } from 'vitest'
import { fc, test as property } from '@fast-check/vitest'
import {
  decide,
  isFinished,
  type Action,
  type ContainerPhase,
  type ContainerView,
  type PodView,
} from './pod-lifecycle.ts'

const waiting: ContainerPhase = { kind: 'waiting', reason: 'ContainerCreating' }
const starting: ContainerPhase = { kind: 'starting' }
const running: ContainerPhase = { kind: 'running', startedAt: 0, started: true, inHook: false, ready: true }
const unstarted: ContainerPhase = { ...running, started: false }
const inHook: ContainerPhase = { ...running, started: false, inHook: true }
const stopping: ContainerPhase = {
  kind: 'stopping',
  startedAt: 0,
  started: true,
  ready: true,
  awaitsTurn: false,
}
const awaiting: ContainerPhase = { ...stopping, awaitsTurn: true }
const exited = (exitCode: number, finishedAt = 0): ContainerPhase => ({
  kind: 'exited',
  termination: {
    exitCode,
    reason: exitCode === 0 ? 'Completed' : 'Error',
    startedAt: 0,
    finishedAt,
    containerId: 'c',
  },
})

const app = (name: string, phase: ContainerPhase, backoff = 0): ContainerView => ({
  name,
  role: 'app',
  phase,
  backoff,
  redefined: false,
})
const init = (name: string, phase: ContainerPhase): ContainerView => ({
  name,
  role: 'init',
  phase,
  backoff: 0,
  redefined: false,
})
const sidecar = (name: string, phase: ContainerPhase): ContainerView => ({
  name,
  role: 'sidecar',
  phase,
  backoff: 0,
  redefined: false,
})

const pod = (containers: readonly ContainerView[], more: Partial<PodView> = {}): PodView => ({
  restartPolicy: 'Always',
  sandbox: 'ready',
  containers,
  ...more,
})

const words = (actions: readonly Action[]): string[] =>
  actions.map((action) => ('container' in action ? `${action.kind} ${action.container}` : action.kind))

const deleted = { ending: { deleted: true, deadline: 30_000, leaving: false } }
const failed = { ending: { deleted: false, deadline: 0, leaving: false } }

describe('what comes next', () => {
  test.each<[string, PodView, string[]]>([
    ['a new pod gets its sandbox', pod([app('a', waiting)], { sandbox: 'none' }), ['create-sandbox']],
    ['nothing while the sandbox is made', pod([app('a', waiting)], { sandbox: 'creating' }), []],
    ['the first container starts', pod([app('a', waiting), app('b', waiting)]), ['start a']],
    ['one that starts holds back the next', pod([app('a', starting), app('b', waiting)]), []],
    ['so does its postStart hook', pod([app('a', inHook), app('b', waiting)]), []],
    ['one that ended does not', pod([app('a', exited(1)), app('b', waiting)]), ['start a', 'start b']],
    ['the startup probe does not', pod([app('a', unstarted), app('b', waiting)]), ['start b']],
    ['init containers come first', pod([init('i', waiting), app('a', waiting)]), ['start i']],
    ['one after the other', pod([init('i', running), init('j', waiting), app('a', waiting)]), []],
    ['then the next', pod([init('i', exited(0)), init('j', waiting), app('a', waiting)]), ['start j']],
    ['a sidecar must have started', pod([sidecar('s', unstarted), app('a', waiting)]), []],
    ['then the app starts', pod([sidecar('s', running), app('a', waiting)]), ['start a']],
    ['a failed init container starts again', pod([init('i', exited(1)), app('a', waiting)]), ['start i']],
    [
      'not under Never: the pod is over',
      pod([sidecar('s', running), init('i', exited(1)), app('a', waiting)], { restartPolicy: 'Never' }),
      ['stop s'],
    ],
    ['an ended container starts again', pod([app('a', exited(0)), app('b', running)]), ['start a']],
    ['OnFailure: after 1', pod([app('a', exited(1))], { restartPolicy: 'OnFailure' }), ['start a']],
    ['OnFailure: not after 0', pod([app('a', exited(0))], { restartPolicy: 'OnFailure' }), ['release']],
    ['Never: neither', pod([app('a', exited(1))], { restartPolicy: 'Never' }), ['release']],
    [
      'a sidecar always',
      pod([sidecar('s', exited(0)), app('a', running)], { restartPolicy: 'Never' }),
      ['start s'],
    ],
    [
      'an init container is not run again under a running app',
      pod([init('i', waiting), app('a', running)]),
      [],
    ],
    [
      'a finished pod stops its sidecars',
      pod([sidecar('s', running), sidecar('t', running), app('a', exited(0))], { restartPolicy: 'Never' }),
      ['stop s', 'stop t'],
    ],
    [
      'a released pod stays so',
      pod([app('a', exited(0))], { restartPolicy: 'Never', sandbox: 'released' }),
      [],
    ],
    [
      'deletion stops all apps at once',
      pod([app('a', running), app('b', running)], deleted),
      ['stop a', 'stop b'],
    ],
    [
      'and sidecars, whose hooks run meanwhile',
      pod([sidecar('s', running), app('a', running)], deleted),
      ['stop s', 'stop a'],
    ],
    ['they wait for the apps to end', pod([sidecar('s', awaiting), app('a', stopping)], deleted), []],
    [
      'and go in reverse',
      pod([sidecar('s', awaiting), sidecar('t', awaiting), app('a', exited(0))], deleted),
      ['end t'],
    ],
    [
      'one after the other',
      pod([sidecar('s', awaiting), sidecar('t', stopping), app('a', exited(0))], deleted),
      [],
    ],
    ['to the first', pod([sidecar('s', awaiting), sidecar('t', exited(0))], deleted), ['end s']],
    [
      'nothing is stopped while Services still send requests',
      pod([sidecar('s', running), app('a', running)], { ending: { ...deleted.ending, leaving: true } }),
      [],
    ],
    [
      'another image: again, whatever the policy',
      pod([{ ...app('a', exited(0), 10_000), redefined: true }], { restartPolicy: 'Never' }),
      ['start a'],
    ],
    ['one that starts is awaited', pod([app('a', starting)], deleted), []],
    ['then the pod goes', pod([app('a', exited(0))], deleted), ['remove']],
    ['also one that never ran', pod([app('a', waiting)], { ...deleted, sandbox: 'none' }), ['remove']],
    ['not before its sandbox is whole', pod([app('a', waiting)], { ...deleted, sandbox: 'creating' }), []],
    ['activeDeadlineSeconds', pod([app('a', running)], { activeDeadline: 1000 }), ['fail-pod']],
    ['a failed pod stops but stays', pod([app('a', running)], failed), ['stop a']],
    ['and gives back its network', pod([app('a', exited(1))], failed), ['release']],
  ])('%s', (_name, view, expected) => {
    expect(words(decide(view, 1000).actions)).toEqual(expected)
  })

  test('restarts wait for the back-off, and say when', () => {
    const view = pod([app('a', exited(1, 1000), 10_000)])
    expect(decide(view, 5000)).toEqual({ actions: [], wakeAt: 11_000 })
    expect(words(decide(view, 11_000).actions)).toEqual(['start a'])
  })

  test('a container in back-off does not hold back the next one', () => {
    const view = pod([app('a', exited(1, 1000), 10_000), app('b', waiting)])
    expect(words(decide(view, 2000).actions)).toEqual(['start b'])
  })

  test('after ten minutes of running the back-off is forgotten', () => {
    const view = pod([app('a', exited(1, 600_000), 300_000)])
    expect(words(decide(view, 600_001).actions)).toEqual(['start a'])
  })

  test('an image is tried again at its time, the sandbox too', () => {
    const image = pod([app('a', { ...waiting, retryAt: 4000 })])
    expect(decide(image, 1000)).toEqual({ actions: [], wakeAt: 4000 })
    const sandbox = pod([app('a', waiting)], { sandbox: 'none', sandboxRetryAt: 3000 })
    expect(decide(sandbox, 1000)).toEqual({ actions: [], wakeAt: 3000 })
  })
})

const phases = fc.constantFrom(
  waiting,
  starting,
  running,
  unstarted,
  inHook,
  stopping,
  awaiting,
  exited(0),
  exited(1),
)
const views = fc
  .record({
    apps: fc.array(phases, { minLength: 1, maxLength: 3 }),
    inits: fc.array(fc.tuple(fc.constantFrom('init' as const, 'sidecar' as const), phases), { maxLength: 3 }),
    restartPolicy: fc.constantFrom('Always' as const, 'OnFailure' as const, 'Never' as const),
    sandbox: fc.constantFrom('none' as const, 'creating' as const, 'ready' as const),
    isDeleted: fc.boolean(),
  })
  .map(({ apps, inits, restartPolicy, sandbox, isDeleted }) =>
    pod(
      [
        ...inits.map(([role, phase], index): ContainerView => ({
          name: `i${index}`,
          role,
          phase,
          backoff: 0,
          redefined: false,
        })),
        ...apps.map((phase, index) => app(`a${index}`, phase)),
      ],
      { restartPolicy, sandbox, ...(isDeleted ? deleted : {}) },
    ),
  )

describe('always', () => {
  property.prop([views])('only what waits or ended is started, only what runs is stopped', (view) => {
    for (const action of decide(view, 1_000_000).actions) {
      if (!('container' in action)) continue
      const kind = view.containers.find((each) => each.name === action.container)?.phase.kind ?? ''
      const fit = { start: ['waiting', 'exited'], stop: ['running'], end: ['stopping'] }[action.kind]
      expect(fit).toContain(kind)
    }
  })

  property.prop([views])('a deleted pod starts nothing, and goes only when nothing runs', (view) => {
    const { actions } = decide({ ...view, ...deleted }, 1_000_000)
    expect(actions.filter((action) => action.kind === 'start' || action.kind === 'create-sandbox')).toEqual(
      [],
    )
    const active = view.containers.some((each) =>
      ['starting', 'running', 'stopping'].includes(each.phase.kind),
    )
    expect(actions.some((action) => action.kind === 'remove')).toBe(!active && view.sandbox !== 'creating')
  })

  property.prop([views])('no app container starts before every init container has passed', (view) => {
    const isFresh = view.containers.every((each) => each.role !== 'app' || each.phase.kind === 'waiting')
    const blocked = view.containers.some(
      ({ role, phase }) =>
        (role === 'init' && !(phase.kind === 'exited' && phase.termination.exitCode === 0)) ||
        (role === 'sidecar' && !(phase.kind === 'running' && phase.started)),
    )
    if (!isFresh || !blocked) return
    const started = decide(view, 1_000_000).actions.flatMap((action) =>
      action.kind === 'start' ? [action.container] : [],
    )
    expect(started.filter((name) => name.startsWith('a'))).toEqual([])
  })
})

test.each([
  [pod([app('a', exited(0)), app('b', exited(1))], { restartPolicy: 'Never' }), true],
  [pod([app('a', exited(0)), app('b', running)], { restartPolicy: 'Never' }), false],
  [pod([app('a', exited(0))]), false],
])('finished or not', (view, expected) => {
  expect(isFinished(view)).toBe(expected)
})
