/** Jobs, CronJobs, StatefulSets, DaemonSets and their storage on real pods, by unmodified kubectl. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startInstance, type Instance } from './support/instance.ts'
import { eventually } from './support/kubectl-process.ts'

const container = (script: string, more = ''): string =>
  `{name: c, image: busybox, command: [sh, -c, ${JSON.stringify(script)}]${more}}`

const stateful = `
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {clusterIP: None, selector: {app: web}, ports: [{name: http, port: 80}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web}
spec:
  serviceName: web
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - ${container('exec sleep 100000', ', volumeMounts: [{name: data, mountPath: /data}]')}
  volumeClaimTemplates:
    - metadata: {name: data}
      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 10Mi}}}
`

const daemon = `
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec:
      terminationGracePeriodSeconds: 1
      containers: [${container('exec sleep 100000')}]
`

const jobs = `
apiVersion: batch/v1
kind: Job
metadata: {name: indexed}
spec:
  completionMode: Indexed
  completions: 3
  parallelism: 3
  template:
    spec:
      restartPolicy: Never
      initContainers:
        - {name: sidecar, image: busybox, restartPolicy: Always, command: [sh, -c, 'exec sleep 100000']}
      containers: [${container('echo "index $JOB_COMPLETION_INDEX of $(hostname)"')}]
---
apiVersion: batch/v1
kind: Job
metadata: {name: failing}
spec:
  backoffLimit: 0
  template:
    spec:
      restartPolicy: Never
      containers: [${container('exit 3')}]
---
apiVersion: batch/v1
kind: Job
metadata: {name: endless}
spec:
  activeDeadlineSeconds: 2
  template:
    spec:
      restartPolicy: Never
      terminationGracePeriodSeconds: 1
      containers: [${container('exec sleep 100000')}]
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: tick}
spec:
  schedule: '@every 1s'
  timeZone: Europe/Berlin
  successfulJobsHistoryLimit: 1
  concurrencyPolicy: Forbid
  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [${container('date')}]}}}}
`

describe('kubectl on workloads', () => {
  let instance: Instance
  const ok = (command: string, input?: string): Promise<string> =>
    instance.kubectlOk(command.split(' '), input)
  const field = (object: string, path: string): Promise<string> =>
    instance.kubectlOk(['get', ...object.split(' '), '-o', `jsonpath={${path}}`])
  const inWeb = (pod: string, script: string): Promise<string> =>
    instance.kubectlOk(['exec', pod, '--', 'sh', '-c', script])
  const gone = (object: string): Promise<string> => ok(`wait --for=delete ${object} --timeout=60s`)

  beforeAll(async () => {
    instance = await startInstance()
    await ok('apply -f -', [stateful, daemon, jobs].join('---'))
  })
  afterAll(() => instance?.remove())

  test('a Job ends with its pods, whatever sidecars they have', async () => {
    await ok('create job hello --image=busybox -- echo hi')
    await ok('wait --for=condition=complete job/hello job/indexed --timeout=60s')
    expect(await ok('logs job/hello')).toBe('hi')
    expect(await ok('get job indexed --no-headers')).toMatch(/^indexed +Complete +3\/3 /)
    expect(await field('job indexed', '.status.completedIndexes')).toBe('0-2')
    const logs = await ok('logs -l job-name=indexed -c c')
    expect(logs.split('\n').toSorted()).toEqual(
      [0, 1, 2].map((index) => `index ${index} of indexed-${index}`),
    )
    expect(await ok('describe job hello')).toMatch(/Completed .* Job completed/)
  })

  test('a Job that cannot succeed fails, and says why', async () => {
    await ok('wait --for=condition=failed job/failing job/endless --timeout=60s')
    const reason = '.status.conditions[?(@.type=="Failed")].reason'
    expect(await field('job failing', reason)).toBe('BackoffLimitExceeded')
    expect(await field('job endless', reason)).toBe('DeadlineExceeded')
    await ok('delete job failing endless hello indexed')
    for (const job of ['failing', 'endless', 'hello', 'indexed']) await gone(`pod -l job-name=${job}`)
  })

  test('a CronJob starts Jobs, keeps few of them, and can be asked for one', async () => {
    await eventually(async () => {
      expect(await field('cronjob tick', '.status.lastSuccessfulTime')).not.toBe('')
      return true
    })
    await ok(`patch cronjob tick -p ${JSON.stringify({ spec: { suspend: true } })}`)
    await ok('create job by-hand --from=cronjob/tick')
    await eventually(async () => {
      const ended = await field('jobs', '.items[*].status.conditions[?(@.type=="Complete")].status')
      expect(ended).toBe('True')
      expect(await field('cronjob tick', '.status.active')).toBe('')
      return true
    })
    expect(await ok('get cronjob tick --no-headers')).toMatch(/^tick +@every 1s +Europe\/Berlin +True +0 /)
    await ok('delete cronjob tick')
    await gone('job --all')
  })

  test('a StatefulSet has names, addresses and storage that outlive its pods', async () => {
    await ok('rollout status sts/web --timeout=60s')
    expect(await ok('get pvc data-web-0 --no-headers')).toMatch(
      /^data-web-0 +Bound +pvc-\S+ +10Mi +RWO +standard /,
    )
    await inWeb('web-0', 'echo kept > /data/file')
    await eventually(() => inWeb('web-1', 'getent hosts web-0.web'))
    const uid = await field('pod web-0', '.metadata.uid')
    await ok('set image sts/web c=busybox:1.36')
    await ok('rollout status sts/web --timeout=60s')
    expect(await field('pod web-0', '.metadata.uid')).not.toBe(uid)
    expect(await field('pod web-0', '.spec.containers[0].image')).toBe('busybox:1.36')
    expect(await inWeb('web-0', 'cat /data/file')).toBe('kept')
    await ok('rollout undo sts/web')
    await ok('rollout status sts/web --timeout=60s')
    expect(await field('pod web-1', '.spec.containers[0].image')).toBe('busybox')
    expect(await ok('rollout history sts/web')).toMatch(/\n2 .*\n3 /)
  })

  test('claims stay when the StatefulSet goes, and their directories go with them', async () => {
    await ok('scale sts/web --replicas=1')
    await gone('pod/web-1')
    expect(await ok('get pvc -o name')).toBe(
      'persistentvolumeclaim/data-web-0\npersistentvolumeclaim/data-web-1',
    )
    await ok('delete pvc data-web-0 --wait=false')
    expect(await ok('get pvc data-web-0 --no-headers')).toMatch(/ Terminating /)
    await ok('delete sts web')
    await gone('pvc/data-web-0')
    await ok('delete pvc data-web-1')
    await gone('pv --all')
    expect(await readdir(join(instance.home, 'volumes'))).toEqual([])
  })

  test('a DaemonSet runs on the node, is restarted and rolled back', async () => {
    await ok('rollout status ds/agent --timeout=60s')
    expect(await ok('get ds agent --no-headers')).toMatch(/^agent +1 +1 +1 +1 +1 +<none> /)
    await ok('rollout restart ds/agent')
    await ok('rollout status ds/agent --timeout=60s')
    await ok('rollout undo ds/agent --to-revision=1')
    await ok('rollout status ds/agent --timeout=60s')
    expect(await ok('rollout history ds/agent')).toMatch(/\n2 .*\n3 /)
    expect(await ok('get all')).toMatch(/daemonset\.apps\/agent/)
  })

  test('a pod whose claim has no volume waits, and says for what', async () => {
    await ok(
      'apply -f -',
      `
apiVersion: v1
kind: Pod
metadata: {name: waiting}
spec:
  terminationGracePeriodSeconds: 1
  volumes: [{name: v, persistentVolumeClaim: {claimName: late}}]
  containers: [${container('ls /v; exec sleep 100000', ', volumeMounts: [{name: v, mountPath: /v}]')}]
`,
    )
    const waits = /FailedScheduling .*0\/1 nodes are available: persistentvolumeclaim "late" not found\./
    await eventually(async () => waits.exec(await ok('describe pod waiting')) ?? undefined)
    await ok(
      'apply -f -',
      `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: late}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
`,
    )
    await ok('wait --for=condition=ready pod/waiting --timeout=60s')
    await ok('delete pod/waiting pvc/late')
    await gone('pv --all')
  })
})
