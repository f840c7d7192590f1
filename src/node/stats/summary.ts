/** What the node and its containers use, as the kubelet's /stats/summary says it (k8s.io/kubelet pkg/apis/stats/v1alpha1). */
import type { Clock } from '../../primitives/clock.ts'
import type { JsonObject } from '../../primitives/json-value.ts'
import type { PodDirectories } from '../pods/container-record.ts'
import { usageOfContainers, usageOfHost, type Usage } from './proc-usage.ts'
import { runningPods, type RunningPod } from './running-containers.ts'

/** One look at everything. */
interface Sample {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly pods: readonly RunningPod[]
  readonly containers: ReadonlyMap<number, Usage>
  readonly host: Usage
}

export interface SummaryOptions {
  readonly nodeName: string
  readonly directories: PodDirectories
  readonly clock: Clock
}

/** A rate is taken over at least this long, and from a sample that is at most this old. Milliseconds. */
const shortestWindow = 1000
const longestWindow = 30_000

const nanosPerSecond = 1_000_000_000

/** Of a process that is younger than the earlier sample: what it used since its start. */
const cpuStats = (now: Usage, before: Usage | undefined, sample: Sample, earlier: Sample): JsonObject => {
  const seconds = (sample.at - earlier.at) / 1000
  const used = Math.max(0, now.cpuSeconds - (before?.cpuSeconds ?? 0))
  return {
    time: new Date(sample.at).toISOString(),
    usageNanoCores: Math.round((used / seconds) * nanosPerSecond),
    usageCoreNanoSeconds: Math.round(now.cpuSeconds * nanosPerSecond),
  }
}

const memoryStats = ({ memoryBytes }: Usage, sample: Sample): JsonObject => ({
  time: new Date(sample.at).toISOString(),
  usageBytes: memoryBytes,
  workingSetBytes: memoryBytes,
  rssBytes: memoryBytes,
})

const podStats = ({ pod, containers }: RunningPod, sample: Sample, earlier: Sample): JsonObject => ({
  podRef: { name: pod.name, namespace: pod.namespace, uid: pod.uid },
  startTime: new Date(pod.startedAt).toISOString(),
  containers: containers.flatMap(({ name, startedAt, init }) => {
    const now = sample.containers.get(init)
    if (now === undefined) return []
    return [
      {
        name,
        startTime: new Date(startedAt).toISOString(),
        cpu: cpuStats(now, earlier.containers.get(init), sample, earlier),
        memory: memoryStats(now, sample),
      },
    ]
  }),
})

const takeSample = async ({ directories, clock }: SummaryOptions): Promise<Sample> => {
  const pods = await runningPods(directories)
  const inits = pods.flatMap(({ containers }) => containers.map(({ init }) => init))
  return { at: clock.now(), pods, containers: usageOfContainers(inits), host: usageOfHost() }
}

export type Summarize = (signal: AbortSignal) => Promise<JsonObject>

/** Gives the summary when asked; the first one takes the second that a rate needs. */
export const createSummary = (options: SummaryOptions): Summarize => {
  const { clock, nodeName } = options
  let last: Sample | undefined
  const earlierSample = async (signal: AbortSignal): Promise<Sample> => {
    const known =
      last !== undefined && clock.now() - last.at <= longestWindow ? last : await takeSample(options)
    const wait = known.at + shortestWindow - clock.now()
    if (wait > 0) await clock.sleep(wait, signal)
    return known
  }
  return async (signal) => {
    const earlier = await earlierSample(signal)
    const sample = await takeSample(options)
    last = sample
    return {
      node: {
        nodeName,
        cpu: cpuStats(sample.host, earlier.host, sample, earlier),
        memory: memoryStats(sample.host, sample),
      },
      pods: sample.pods.map((pod) => podStats(pod, sample, earlier)),
      windowMilliseconds: sample.at - earlier.at,
    }
  }
}
