import { describe, expect, test } from 'vitest'
import { parseTimestamp } from '../../primitives/timestamp.ts'
import type { ContainerStatus } from './container.ts'
import { summarizePod } from './pod-status-text.ts'
import type { Pod, PodStatus } from './pod.ts'

const now = parseTimestamp('2026-01-01T00:10:00Z') ?? 0

const status = (name: string, rest: Partial<ContainerStatus>): ContainerStatus => ({
  name,
  ready: false,
  restartCount: 0,
  image: 'a',
  imageID: '',
  ...rest,
})

const running = (name: string, rest: Partial<ContainerStatus> = {}): ContainerStatus =>
  status(name, { ready: true, started: true, state: { running: {} }, ...rest })

const waiting = (name: string, reason: string, rest: Partial<ContainerStatus> = {}): ContainerStatus =>
  status(name, { state: { waiting: { reason } }, ...rest })

const ended = (name: string, exitCode: number, reason?: string): ContainerStatus =>
  status(name, { state: { terminated: { exitCode, ...(reason === undefined ? {} : { reason }) } } })

const pod = (podStatus: PodStatus, rest: Partial<Pod['spec']> = {}, deleted = false): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', ...(deleted ? { deletionTimestamp: '2026-01-01T00:09:00Z' } : {}) },
  spec: { containers: [{ name: 'app' }], ...rest },
  status: podStatus,
})

const sidecar = { initContainers: [{ name: 'proxy', restartPolicy: 'Always' as const }] }
const init = { initContainers: [{ name: 'setup' }] }

const shown = (subject: Pod): readonly string[] => Object.values(summarizePod(subject, now))

describe('READY, STATUS and RESTARTS as kubectl shows them', () => {
  test.each<[string, Pod, string[]]>([
    ['not seen yet', pod({ phase: 'Pending' }), ['0/1', 'Pending', '0']],
    [
      'creating',
      pod({ phase: 'Pending', containerStatuses: [waiting('app', 'ContainerCreating')] }),
      ['0/1', 'ContainerCreating', '0'],
    ],
    [
      'init runs',
      pod(
        {
          phase: 'Pending',
          initContainerStatuses: [running('setup')],
          containerStatuses: [waiting('app', 'PodInitializing')],
        },
        init,
      ),
      ['0/1', 'Init:0/1', '0'],
    ],
    [
      'init failed',
      pod({ phase: 'Pending', initContainerStatuses: [ended('setup', 1, 'Error')] }, init),
      ['0/1', 'Init:Error', '0'],
    ],
    [
      'init crashes',
      pod(
        {
          phase: 'Pending',
          initContainerStatuses: [waiting('setup', 'CrashLoopBackOff', { restartCount: 3 })],
        },
        init,
      ),
      ['0/1', 'Init:CrashLoopBackOff', '3'],
    ],
    [
      'init done, application starting',
      pod(
        {
          phase: 'Pending',
          initContainerStatuses: [ended('setup', 0, 'Completed')],
          containerStatuses: [waiting('app', 'PodInitializing')],
        },
        init,
      ),
      ['0/1', 'PodInitializing', '0'],
    ],
    ['running', pod({ phase: 'Running', containerStatuses: [running('app')] }), ['1/1', 'Running', '0']],
    [
      'running, not ready',
      pod({ phase: 'Running', containerStatuses: [running('app', { ready: false })] }),
      ['0/1', 'Running', '0'],
    ],
    [
      'with a native sidecar',
      pod(
        { phase: 'Running', initContainerStatuses: [running('proxy')], containerStatuses: [running('app')] },
        sidecar,
      ),
      ['2/2', 'Running', '0'],
    ],
    [
      'sidecar not started',
      pod({ phase: 'Pending', initContainerStatuses: [waiting('proxy', 'PodInitializing')] }, sidecar),
      ['0/2', 'Init:0/1', '0'],
    ],
    [
      'restarts of sidecars count, of finished init containers not',
      pod(
        {
          phase: 'Running',
          initContainerStatuses: [
            { ...ended('setup', 0, 'Completed'), restartCount: 4 },
            running('proxy', { restartCount: 2 }),
          ],
          containerStatuses: [running('app', { restartCount: 1 })],
        },
        { initContainers: [...init.initContainers, ...sidecar.initContainers] },
      ),
      ['2/2', 'Running', '3'],
    ],
    [
      'restarted',
      pod({
        phase: 'Running',
        containerStatuses: [
          running('app', {
            restartCount: 1,
            lastState: { terminated: { exitCode: 1, finishedAt: '2026-01-01T00:09:55Z' } },
          }),
        ],
      }),
      ['1/1', 'Running', '1 (5s ago)'],
    ],
    [
      'crashing',
      pod({ phase: 'Running', containerStatuses: [waiting('app', 'CrashLoopBackOff', { restartCount: 5 })] }),
      ['0/1', 'CrashLoopBackOff', '5'],
    ],
    [
      'no image',
      pod({ phase: 'Pending', containerStatuses: [waiting('app', 'ImagePullBackOff')] }),
      ['0/1', 'ImagePullBackOff', '0'],
    ],
    [
      'done',
      pod({ phase: 'Succeeded', containerStatuses: [ended('app', 0, 'Completed')] }),
      ['0/1', 'Completed', '0'],
    ],
    [
      'failed',
      pod({ phase: 'Failed', containerStatuses: [ended('app', 1, 'Error')] }),
      ['0/1', 'Error', '0'],
    ],
    [
      'failed without a reason',
      pod({ phase: 'Failed', containerStatuses: [ended('app', 3)] }),
      ['0/1', 'ExitCode:3', '0'],
    ],
    [
      'killed by a signal',
      pod({
        phase: 'Failed',
        containerStatuses: [status('app', { state: { terminated: { exitCode: 137, signal: 9 } } })],
      }),
      ['0/1', 'Signal:9', '0'],
    ],
    [
      'one of two done',
      pod(
        { phase: 'Running', containerStatuses: [ended('app', 0, 'Completed'), running('other')] },
        { containers: [{ name: 'app' }, { name: 'other' }] },
      ),
      ['1/2', 'NotReady', '0'],
    ],
    [
      'being deleted',
      pod({ phase: 'Running', containerStatuses: [running('app')] }, {}, true),
      ['1/1', 'Terminating', '0'],
    ],
    [
      'deleted after its end',
      pod({ phase: 'Succeeded', containerStatuses: [ended('app', 0, 'Completed')] }, {}, true),
      ['0/1', 'Completed', '0'],
    ],
    ['evicted', pod({ phase: 'Failed', reason: 'Evicted' }), ['0/1', 'Evicted', '0']],
  ])('%s', (_name, subject, expected) => {
    expect(shown(subject)).toEqual(expected)
  })
})
