/** Jobs, CronJobs, StatefulSets and DaemonSets with all controllers, on an API in memory. */
import { expect, test } from 'vitest'
import type { DaemonSet } from '../resources/apps/daemon-set.ts'
import type { StatefulSet } from '../resources/apps/stateful-set.ts'
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

test('a StatefulSet has its pods in order and its history, and changes them', async () => {
  const cluster = await start()
  const set: StatefulSet = {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: 'web' } },
      serviceName: 'web',
      template: template({ app: 'web' }),
    },
  }
  await cluster.create(resources.statefulSets, set)
  const rolled = (updated: number): Promise<void> =>
    eventually(async () => {
      const { metadata, status } = await get<StatefulSet>(cluster, resources.statefulSets, 'web')
      expect(status).toMatchObject({
        observedGeneration: metadata.generation,
        readyReplicas: 3,
        updatedReplicas: updated,
        currentRevision: status?.updateRevision,
      })
    })
  await rolled(3)
  expect(messages(cluster, 'SuccessfulCreate')).toEqual(
    [0, 1, 2].map((ordinal) => `create Pod web-${ordinal} in StatefulSet web successful`),
  )
  const { resourceVersion: _, ...metadata } = (await get<StatefulSet>(cluster, resources.statefulSets, 'web'))
    .metadata
  const changed = template({ app: 'web' }, { terminationGracePeriodSeconds: 1 })
  await cluster.update(resources.statefulSets, { ...set, metadata, spec: { ...set.spec, template: changed } })
  await eventually(() =>
    expect(podsOf(cluster).map(({ spec }) => spec.terminationGracePeriodSeconds)).toEqual([1, 1, 1]),
  )
  await rolled(3)
  await eventually(() => expect(messages(cluster, 'SuccessfulDelete').length).toBe(3))
  expect(cluster.all(resources.controllerRevisions).length).toBe(2)
  await cluster.delete(resources.statefulSets, { namespace: 'default', name: 'web' })
  await eventually(() => {
    expect(podsOf(cluster)).toEqual([])
    expect(cluster.all(resources.controllerRevisions)).toEqual([])
  })
})

test('a DaemonSet has a pod on each node that comes', async () => {
  const cluster = await start()
  const set: DaemonSet = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'agent', namespace: 'default' },
    spec: { selector: { matchLabels: { app: 'agent' } }, template: template({ app: 'agent' }) },
  }
  await cluster.create(resources.daemonSets, set)
  await eventually(() => expect(podsOf(cluster).map(({ spec }) => spec.nodeName)).toEqual(['weft']))
  await cluster.create(resources.nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'second' } })
  await eventually(async () => {
    expect(podsOf(cluster).map(({ spec }) => spec.nodeName)).toEqual(['weft', 'second'])
    const { status } = await get<DaemonSet>(cluster, resources.daemonSets, 'agent')
    expect(status).toMatchObject({ desiredNumberScheduled: 2, numberAvailable: 2, updatedNumberScheduled: 2 })
  })
})
