/** Jobs, CronJobs, StatefulSets and DaemonSets with all controllers, on an API in memory. */
import { expect, test } from 'vitest'
import type { Job } from '../resources/batch/job.ts'
import type { Pod, PodPhase, PodTemplateSpec } from '../resources/core/pod.ts'
import { resources } from './controller-context.ts'
import { eventually, get, messages, start } from './controllers-rig.conformance.ts'
import type { InMemoryCluster } from './in-memory-cluster.conformance.ts'

const template = (labels: Readonly<Record<string, string>>, more: object = {}): PodTemplateSpec => ({
  metadata: { labels },
  spec: { containers: [{ name: 'c', image: 'i' }], ...more },
})

const job = (name: string, spec: Partial<Job['spec']>): Job => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name, namespace: 'default' },
  spec: {
    completions: 1,
    parallelism: 1,
    selector: { matchLabels: { 'batch.kubernetes.io/job-name': name } },
    template: template({ 'batch.kubernetes.io/job-name': name }, { restartPolicy: 'Never' }),
    ...spec,
  },
})

const podsOf = (cluster: InMemoryCluster): readonly Pod[] => cluster.all<Pod>(resources.pods)

/** Ends the pods that run, as their node would say it. */
const endPods = async (cluster: InMemoryCluster, phase: PodPhase): Promise<void> => {
  for (const pod of podsOf(cluster).filter(({ status }) => status?.phase === 'Running')) {
    await cluster.update(
      resources.pods,
      { ...pod, status: { ...pod.status, phase } },
      { subresource: 'status' },
    )
  }
}

test('a Job runs its pods, counts them, and lets them go when it is deleted', async () => {
  const cluster = await start()
  await cluster.create(resources.jobs, job('pi', { completions: 3, parallelism: 2 }))
  await eventually(async () => {
    await endPods(cluster, 'Succeeded')
    expect((await get<Job>(cluster, resources.jobs, 'pi')).status).toMatchObject({
      succeeded: 3,
      uncountedTerminatedPods: {},
      conditions: [{ type: 'SuccessCriteriaMet' }, { type: 'Complete', status: 'True' }],
    })
  })
  expect(podsOf(cluster).map(({ metadata }) => metadata.finalizers)).toEqual([[], [], []])
  await eventually(() => expect(messages(cluster, 'Completed')).toEqual(['Job completed']))
  expect(messages(cluster, 'SuccessfulCreate').length).toBe(3)
  await cluster.delete(resources.jobs, { namespace: 'default', name: 'pi' })
  await eventually(() => expect(podsOf(cluster)).toEqual([]))
})

test('pods of a Job that is deleted while they run lose their finalizer and go', async () => {
  const cluster = await start()
  await cluster.create(resources.jobs, job('long', { completions: 2, parallelism: 2 }))
  await eventually(() =>
    expect(podsOf(cluster).filter(({ status }) => status?.phase === 'Running').length).toBe(2),
  )
  await cluster.delete(resources.jobs, { namespace: 'default', name: 'long' })
  await eventually(() => expect(podsOf(cluster)).toEqual([]))
})
