import { describe, expect, test } from 'vitest'
import type { Pod } from '../../resources/core/pod.ts'
import type { ContainerPhase, ContainerRole, Termination } from './pod-lifecycle.ts'
import {
  podPhase,
  podStatus,
  statusChanged,
  type ContainerDetails,
  type StatusRequest,
} from './pod-status.ts'

const now = Date.UTC(2026, 10, 20, 21, 0, 0)
const ended = (exitCode: number): Termination => ({
  exitCode,
  reason: exitCode === 0 ? 'Completed' : 'Error',
  startedAt: now - 2000,
  finishedAt: now - 1000,
  containerId: 'weft://c',
})
const waiting: ContainerPhase = { kind: 'waiting', reason: 'ContainerCreating' }
const running: ContainerPhase = {
  kind: 'running',
  startedAt: now - 5000,
  started: true,
  inHook: false,
  ready: true,
}
const exited = (code: number): ContainerPhase => ({ kind: 'exited', termination: ended(code) })

const details = (
  name: string,
  role: ContainerRole,
  phase: ContainerPhase,
  more: Partial<ContainerDetails> = {},
): ContainerDetails => ({
  name,
  role,
  phase,
  backoff: 0,
  redefined: false,
  spec: { name, image: 'app:1' },
  attempt: 0,
  imageId: 'id',
  containerId: 'weft://c',
  ...more,
})

const pod: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'shop', uid: 'u' },
  spec: { containers: [{ name: 'a' }] },
}

const request = (
  containers: readonly ContainerDetails[],
  more: Partial<StatusRequest> = {},
): StatusRequest => ({
  pod,
  view: { restartPolicy: 'Always', sandbox: 'ready' },
  containers,
  podIp: '10.244.0.2',
  hostIp: '10.244.0.1',
  startedAt: now - 10_000,
  now,
  ...more,
})

const never = { view: { restartPolicy: 'Never', sandbox: 'ready' } } as const

test.each<[string, StatusRequest, string]>([
  ['nothing runs yet', request([details('a', 'app', waiting)]), 'Pending'],
  ['init runs', request([details('i', 'init', running), details('a', 'app', waiting)]), 'Pending'],
  ['all run', request([details('a', 'app', running)]), 'Running'],
  ['one still waits', request([details('a', 'app', running), details('b', 'app', waiting)]), 'Pending'],
  ['in back-off', request([details('a', 'app', exited(1))]), 'Running'],
  [
    'restarting after a run',
    request([details('a', 'app', { kind: 'starting' }, { last: ended(1) })]),
    'Running',
  ],
  ['all ended well', request([details('a', 'app', exited(0))], never), 'Succeeded'],
  [
    'one ended badly',
    request([details('a', 'app', exited(0)), details('b', 'app', exited(2))], never),
    'Failed',
  ],
  [
    'a sidecar still runs',
    request([details('s', 'sidecar', running), details('a', 'app', exited(0))], never),
    'Running',
  ],
  [
    'it ended badly, the app did not',
    request([details('s', 'sidecar', exited(143)), details('a', 'app', exited(0))], never),
    'Succeeded',
  ],
  [
    'init failed for good',
    request([details('i', 'init', exited(1)), details('a', 'app', waiting)], never),
    'Failed',
  ],
  [
    'the pod failed, and still runs',
    request([details('a', 'app', running)], { failure: { reason: 'DeadlineExceeded', message: 'x' } }),
    'Running',
  ],
  [
    'the pod failed',
    request([details('a', 'app', exited(143))], { failure: { reason: 'DeadlineExceeded', message: 'x' } }),
    'Failed',
  ],
])('%s', (_name, wanted, phase) => {
  expect(podPhase(wanted)).toBe(phase)
})

const conditions = (wanted: StatusRequest): Record<string, string> =>
  Object.fromEntries(
    (podStatus(wanted).conditions ?? []).map((each) => [
      each.type,
      `${each.status} ${each.reason ?? ''} ${each.message ?? ''}`.trim(),
    ]),
  )

describe('conditions', () => {
  test('a ready pod', () => {
    expect(conditions(request([details('a', 'app', running)]))).toEqual({
      PodReadyToStartContainers: 'True',
      Initialized: 'True',
      Ready: 'True',
      ContainersReady: 'True',
      PodScheduled: 'True',
    })
  })

  test('one that initializes', () => {
    expect(conditions(request([details('i', 'init', running), details('a', 'app', waiting)]))).toMatchObject({
      Initialized: 'False ContainersNotInitialized containers with incomplete status: [i]',
      Ready: 'False ContainersNotReady containers with unready status: [a]',
    })
  })

  test('a finished one', () => {
    expect(conditions(request([details('a', 'app', exited(0))], never))).toMatchObject({
      Ready: 'False PodCompleted',
      Initialized: 'True PodCompleted',
    })
  })

  test('readiness gates of others count, and their conditions stay', () => {
    const gated: Pod = {
      ...pod,
      spec: { ...pod.spec, readinessGates: [{ conditionType: 'gate' }] },
      status: { conditions: [{ type: 'gate', status: 'False' }] },
    }
    const result = conditions(request([details('a', 'app', running)], { pod: gated }))
    expect(result['Ready']).toBe(
      'False ReadinessGatesNotReady the status of pod readiness gate "gate" is not "True"',
    )
    expect(result['ContainersReady']).toBe('True')
    expect(result['gate']).toBe('False')
  })

  test('a transition time stays while the status does', () => {
    const old = { type: 'Ready', status: 'True', lastTransitionTime: '2020-01-01T00:00:00Z' } as const
    const before: Pod = {
      ...pod,
      status: { conditions: [old, { ...old, type: 'ContainersReady', status: 'False' }] },
    }
    const status = podStatus(request([details('a', 'app', running)], { pod: before }))
    const time = (type: string) => status.conditions?.find((each) => each.type === type)?.lastTransitionTime
    expect(time('Ready')).toBe('2020-01-01T00:00:00Z')
    expect(time('ContainersReady')).toBe('2026-11-20T21:00:00Z')
  })
})

describe('container statuses', () => {
  const only = (wanted: StatusRequest) => podStatus(wanted).containerStatuses?.[0]

  test('running', () => {
    expect(only(request([details('a', 'app', running, { attempt: 2, last: ended(1) })]))).toEqual({
      name: 'a',
      state: { running: { startedAt: '2026-11-20T20:59:55Z' } },
      lastState: {
        terminated: {
          exitCode: 1,
          reason: 'Error',
          startedAt: '2026-11-20T20:59:58Z',
          finishedAt: '2026-11-20T20:59:59Z',
          containerID: 'weft://c',
        },
      },
      ready: true,
      restartCount: 2,
      image: 'app:1',
      imageID: 'id',
      containerID: 'weft://c',
      started: true,
    })
  })

  test('in back-off', () => {
    expect(only(request([details('a', 'app', exited(3), { backoff: 80_000 })]))).toMatchObject({
      state: {
        waiting: {
          reason: 'CrashLoopBackOff',
          message: 'back-off 1m20s restarting failed container=a pod=web_shop(u)',
        },
      },
      lastState: { terminated: { exitCode: 3 } },
    })
  })

  test('ending: no back-off any more', () => {
    const view = {
      restartPolicy: 'Always',
      sandbox: 'ready',
      ending: { deleted: true, deadline: now, leaving: false },
    } as const
    expect(
      only(request([details('a', 'app', exited(3), { backoff: 80_000 })], { view }))?.state,
    ).toMatchObject({
      terminated: { exitCode: 3 },
    })
  })

  test('what is being stopped stays ready as long as it answers', () => {
    const stopping = { kind: 'stopping', startedAt: 0, started: true, awaitsTurn: false } as const
    expect(only(request([details('a', 'app', { ...stopping, ready: true })]))?.ready).toBe(true)
    expect(only(request([details('a', 'app', { ...stopping, ready: false })]))?.ready).toBe(false)
  })

  test('waiting for init containers', () => {
    const wanted = request([details('i', 'init', running), details('a', 'app', { kind: 'starting' })])
    expect(only(wanted)?.state).toEqual({ waiting: { reason: 'PodInitializing' } })
  })
})

test('an equal status is no change', () => {
  const status = podStatus(request([details('a', 'app', running)]))
  const stored = { ...status, observedGeneration: 1 }
  expect(
    statusChanged(
      stored,
      podStatus(request([details('a', 'app', running)], { pod: { ...pod, status: stored } })),
    ),
  ).toBe(false)
  expect(statusChanged(undefined, status)).toBe(true)
})
