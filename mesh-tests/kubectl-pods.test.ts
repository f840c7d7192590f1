/** Unmodified kubectl on real pods: running, reaching, restarting, rolling, and what keeps a pod from running. */
import { readdir } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run, startInstance, type Instance } from './support/instance.ts'
import { eventually, startKubectl } from './support/kubectl-process.ts'

const app = (image: string, replicas: number): string => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: myapp, labels: {app: myapp}}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: myapp}}
  template:
    metadata: {labels: {app: myapp}}
    spec:
      terminationGracePeriodSeconds: 3
      containers:
        - name: myapp
          image: ${image}
          ports: [{name: http, containerPort: 8080}]
          readinessProbe: {httpGet: {path: /actuator/health, port: http}, periodSeconds: 1}
          # Nobody is sent to a pod that ends while the word goes round.
          lifecycle: {preStop: {exec: {command: [sleep, '1']}}}
---
apiVersion: v1
kind: Service
metadata: {name: myapp}
spec:
  selector: {app: myapp}
  ports: [{name: http, port: 80, targetPort: http}]
`

const tools = `
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {color: blue, file.txt: "one\\ntwo\\n"}
---
apiVersion: v1
kind: Secret
metadata: {name: token}
stringData: {token: s3cret}
---
apiVersion: v1
kind: Pod
metadata: {name: tools, labels: {app: tools}, annotations: {note: hello}}
spec:
  terminationGracePeriodSeconds: 1
  volumes:
    - {name: scratch, emptyDir: {}}
    - {name: settings, configMap: {name: settings}}
    - {name: token, secret: {secretName: token, defaultMode: 0400}}
  containers:
    - name: main
      image: curlimages/curl:8.9.1
      command: [sh, -c]
      args: ["for i in 1 2 3; do echo line $i; done; exec sleep 100000"]
      env:
        - {name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
        - {name: POD_IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
        - {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
        - {name: NOTE, valueFrom: {fieldRef: {fieldPath: "metadata.annotations['note']"}}}
        - {name: COLOR, valueFrom: {configMapKeyRef: {name: settings, key: color}}}
        - {name: TOKEN, valueFrom: {secretKeyRef: {name: token, key: token}}}
        - {name: GREETING, value: "hi $(POD_NAME)"}
      volumeMounts:
        - {name: scratch, mountPath: /scratch}
        - {name: settings, mountPath: /etc/settings}
        - {name: token, mountPath: /etc/token}
    - name: second
      image: curlimages/curl:8.9.1
      command: [sh, -c, "echo second says this; exec sleep 100000"]
      volumeMounts: [{name: scratch, mountPath: /shared}]
`

/** Writes more than its volume may hold. */
const greedy = `
apiVersion: v1
kind: Pod
metadata: {name: greedy}
spec:
  terminationGracePeriodSeconds: 1
  volumes: [{name: cache, emptyDir: {sizeLimit: 1Mi}}]
  containers:
    - name: main
      image: busybox
      command: [sh, -c, "head -c 2000000 /dev/zero >/cache/x; exec sleep 100000"]
      volumeMounts: [{name: cache, mountPath: /cache}]
`

/** Behind the same Service as the deployment's pods. */
const secondVersion = `
apiVersion: v1
kind: Pod
metadata: {name: myapp-second, labels: {app: myapp}}
spec:
  containers:
    - name: myapp
      image: myapp:2.0
      ports: [{name: http, containerPort: 8080}]
`

/** A pod of one container with a shell script, and what else its container has. */
const shellPod = (name: string, script: string, more = '{}'): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: name } },
    spec: {
      terminationGracePeriodSeconds: 1,
      containers: [
        {
          name: 'main',
          image: 'curlimages/curl:8.9.1',
          command: ['sh', '-c', script],
          ...(JSON.parse(more) as object),
        },
      ],
    },
  })

describe('kubectl on pods', () => {
  let instance: Instance
  const ok = (command: string, input?: string): Promise<string> =>
    instance.kubectlOk(command.split(' '), input)
  const inTools = (script: string): Promise<string> =>
    instance.kubectlOk(['exec', 'tools', '-c', 'main', '--', 'sh', '-c', script])
  const field = (object: string, path: string): Promise<string> =>
    instance.kubectlOk(['get', ...object.split(' '), '-o', `jsonpath={${path}}`])
  const hello = (url: string): Promise<string> => inTools(`curl -s --max-time 5 ${url}/api/v1/hello`)

  beforeAll(async () => {
    instance = await startInstance()
    await ok('apply -f -', app('myapp:1.0', 2))
    await ok('apply -f -', tools)
    await ok('apply -f -', greedy)
    await ok('rollout status deployment/myapp --timeout=60s')
    await ok('wait --for=condition=Ready pod/tools --timeout=60s')
  })
  afterAll(() => instance?.remove())

  test('get pods: ready, status, restarts, address, node', async () => {
    const [head, ...rows] = (await ok('get pods -o wide -l app=myapp')).split('\n')
    expect(head?.split(/\s{2,}/).slice(0, 7)).toEqual([
      'NAME',
      'READY',
      'STATUS',
      'RESTARTS',
      'AGE',
      'IP',
      'NODE',
    ])
    for (const row of rows) {
      expect(row).toMatch(
        /^myapp-[a-z0-9]+-[a-z0-9]{5}\s+1\/1\s+Running\s+0\s+\d+s\s+10\.244\.\d+\.\d+\s+weft\s/,
      )
    }
    expect(rows).toHaveLength(2)
    expect(await ok('get deployment myapp --no-headers')).toMatch(/^myapp\s+2\/2\s+2\s+2\s+\d+s$/)
  })

  test('environment from fields, config maps and secrets; volumes of all three kinds', async () => {
    const env = await inTools('echo "$POD_NAME|$POD_IP|$NODE|$NOTE|$COLOR|$TOKEN|$GREETING|$(hostname)"')
    const ip = await field('pod tools', '.status.podIP')
    expect(env).toBe(`tools|${ip}|weft|hello|blue|s3cret|hi tools|tools`)
    expect(
      await inTools('cat /etc/settings/file.txt; stat -Lc %a /etc/token/token; cat /etc/token/token'),
    ).toBe('one\ntwo\n400\ns3cret')
    await inTools('echo shared >/scratch/file')
    expect(await ok('exec tools -c second -- cat /shared/file')).toBe('shared')
    // Volumes follow their objects.
    await ok('patch configmap settings --type=merge -p {"data":{"color":"green"}}')
    await eventually(
      async () => ((await inTools('cat /etc/settings/color')) === 'green' ? true : undefined),
      'the volume follows the config map',
    )
  })

  test('the API answers from a pod: address, certificate, token and namespace lie where clients look', async () => {
    const get = (path: string, token: string): Promise<string> =>
      inTools(
        `cd /var/run/secrets/kubernetes.io/serviceaccount && curl -s --cacert ca.crt -H "Authorization: Bearer ${token}" https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT/api/v1/namespaces/$(cat namespace)/${path}`,
      )
    expect(JSON.parse(await get('pods/tools', '$(cat token)'))).toMatchObject({
      code: 403,
      message:
        'pods "tools" is forbidden: User "system:serviceaccount:default:default" cannot get resource "pods" in API group "" in the namespace "default"',
    })
    await ok('create rolebinding look --clusterrole=view --serviceaccount=default:default')
    const [found, refused, broken] = await Promise.all([
      get('pods/tools', '$(cat token)'),
      get('pods/nobody', '$(cat token)'),
      get('pods/tools', 'x$(cat token)'),
    ])
    expect(JSON.parse(found)).toMatchObject({
      kind: 'Pod',
      metadata: { name: 'tools' },
      spec: { serviceAccountName: 'default' },
    })
    expect(JSON.parse(refused)).toMatchObject({ code: 404, message: 'pods "nobody" not found' })
    expect(JSON.parse(broken)).toMatchObject({ code: 401, reason: 'Unauthorized' })
    expect(
      await inTools(
        'curl -s -o /dev/null -w "%{http_code}" --cacert /run/secrets/kubernetes.io/serviceaccount/ca.crt https://kubernetes.default.svc/version',
      ),
    ).toBe('401')
  })

  test('names for libc and for dig, balancing over both pods', async () => {
    const ip = await field('service myapp', '.spec.clusterIP')
    for (const name of ['myapp', 'myapp.default', 'myapp.default.svc.cluster.local']) {
      expect((await inTools(`getent hosts ${name}`)).split(/\s+/)[0]).toBe(ip)
    }
    expect(await inTools('dig +short myapp.default.svc.cluster.local')).toBe(ip)
    expect(await inTools('dig +short +search myapp')).toBe(ip)
    // A name outside of the cluster gets an answer too, if only that nobody knows it.
    expect(await inTools('dig +time=5 +tries=1 weft.invalid | grep -o "status: [A-Z]*"')).toMatch(/^status: /)
    expect(
      (
        await inTools(
          'for i in $(seq 40); do curl -s -o /dev/null -w "%{http_code}\\n" http://myapp/api/v1/hello; done | sort | uniq -c',
        )
      ).trim(),
    ).toBe('40 200')
    await ok('apply -f -', secondVersion)
    await ok('wait --for=condition=Ready pod/myapp-second --timeout=60s')
    await eventually(
      async () => ((await hello('http://myapp')).includes('version 2') ? true : undefined),
      'both versions answer behind one address',
    )
    await eventually(async () => ((await hello('http://myapp')).includes('version 1') ? true : undefined))
    await ok('delete pod myapp-second --grace-period=1')
  })

  test('describe: pod, deployment, service, node', async () => {
    const pod = await ok('describe pod tools')
    expect(pod).toMatch(/^Node:\s+weft\/10\.244\.0\.1$/m)
    expect(pod).toMatch(/^\s+POD_NAME:\s+tools \(v1:metadata\.name\)$/m)
    expect(pod).toMatch(
      /Normal\s+Scheduled\s+\S+\s+default-scheduler\s+Successfully assigned default\/tools to weft/,
    )
    expect(pod).toMatch(
      /Normal\s+Pulled\s.*Container image "curlimages\/curl:8\.9\.1" already present on machine: it stands for \S/,
    )
    expect(pod).toMatch(/Normal\s+Started\s+\S+( \(.*\))?\s+kubelet\s+Started container main/)
    const deployment = await ok('describe deployment myapp')
    expect(deployment).toMatch(
      /^Replicas:\s+2 desired \| 2 updated \| 2 total \| 2 available \| 0 unavailable$/m,
    )
    expect(deployment).toMatch(/Scaled up replica set myapp-\S+ from 0 to 2/)
    expect(await ok('describe service myapp')).toMatch(
      /^Endpoints:\s+10\.244\.\d+\.\d+:8080,10\.244\.\d+\.\d+:8080$/m,
    )
    const node = await ok('describe node weft')
    expect(node).toMatch(/^\s+Ready\s+True\s.*KubeletReady/m)
    expect(node).toMatch(/^\s+ephemeral-storage:\s+[1-9]\d*Ki$/m)
  })

  test('logs: whole, the last lines, of one container, by label, followed to the end', async () => {
    expect(await ok('logs tools -c main')).toBe('line 1\nline 2\nline 3')
    expect(await ok('logs tools -c main --tail=1')).toBe('line 3')
    expect(await ok('logs tools -c second')).toBe('second says this')
    expect((await ok('logs -l app=myapp --prefix')).split('\n')).toEqual([
      expect.stringMatching(/^\[pod\/myapp-\S+\/myapp\] myapp version 1 listens on port 8080$/),
      expect.stringMatching(/^\[pod\/myapp-\S+\/myapp\] myapp version 1 listens on port 8080$/),
    ])
    await ok(
      'apply -f -',
      shellPod('talker', 'echo first; until test -e /tmp/go; do sleep 0.1; done; echo last; exec sleep 1000'),
    )
    await ok('wait --for=condition=Ready pod/talker --timeout=60s')
    const followed = startKubectl(instance, ['logs', '-f', 'talker'])
    await followed.says(/first\n/)
    await ok('exec talker -- touch /tmp/go')
    await followed.says(/last\n/)
    await ok('delete pod talker')
    expect(await followed.ended).toBe(0)
    expect(followed.output()).toBe('first\nlast\n')
  })

  test('a log that fills more than one file: followed, read whole and from its end', async () => {
    const lines = 300_000
    await ok('apply -f -', shellPod('wordy', `sleep 1; seq ${lines}; exec sleep 1000`))
    await ok('wait --for=condition=Ready pod/wordy --timeout=60s')
    const followed = startKubectl(instance, ['logs', '-f', 'wordy'])
    await followed.says(new RegExp(`^${lines}\n`, 'm'))
    const all = Array.from({ length: lines }, (_, index) => `${index + 1}`).join('\n')
    // Compared here: a difference would print megabytes.
    expect(followed.output() === `${all}\n`).toBe(true)
    expect((await ok('logs wordy')) === all).toBe(true)
    expect(await ok('logs wordy --tail=2')).toBe(`${lines - 1}\n${lines}`)
    const uid = await field('pod wordy', '.metadata.uid')
    expect(await readdir(`${instance.home}/pods/${uid}/containers/main`)).toContain('0.log.1')
    await followed.stop()
    await ok('delete pod wordy')
  })

  test('exec: exit code, standard input, a terminal', async () => {
    const failed = await instance.kubectl([
      'exec',
      'tools',
      '-c',
      'main',
      '--',
      'sh',
      '-c',
      'echo no >&2; exit 7',
    ])
    expect(failed.status).toBe(7)
    expect(failed.stderr).toBe('no\ncommand terminated with exit code 7\n')
    const upper = ['exec', '-i', 'tools', '-c', 'main', '--', 'tr', 'a-z', 'A-Z']
    expect(await instance.kubectlOk(upper, 'from standard input')).toBe('FROM STANDARD INPUT')
    const command = `kubectl exec -it tools -c main -- sh -c 'tty; exit 4'`
    const terminal = await run('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
      env: { KUBECONFIG: `${instance.home}/kubeconfig` },
    })
    expect(terminal.stdout).toMatch(/\/dev\/pts\/\d+\r?\n/)
    expect(terminal.status).toBe(4)
  })

  test.each(['deployment/myapp', 'service/myapp', 'pod'])('port-forward to %s', async (target) => {
    const name =
      target === 'pod'
        ? await ok('get pod -l app=myapp -o name').then((names) => names.split('\n')[0] ?? '')
        : target
    const port = target.startsWith('service') ? 80 : 8080
    const forward = startKubectl(instance, ['port-forward', name, `:${port}`])
    try {
      const [, local] = await forward.says(/Forwarding from 127\.0\.0\.1:(\d+) -> 8080/)
      for (let count = 0; count < 3; count += 1) {
        const answer = await run('curl', ['-s', '--max-time', '10', `http://127.0.0.1:${local}/api/v1/hello`])
        expect(answer.stdout).toBe('Hello World, This is version 1!')
      }
      expect(forward.output()).not.toContain('lost connection')
    } finally {
      await forward.stop()
    }
  })

  test('rollout: a new image, history, undo, restart; the service answers all the time', async () => {
    // A rollout is complete when the last old pod is told to end; the rules of the Service follow a moment later.
    const answers = (text: string): Promise<true> =>
      eventually(async () => ((await hello('http://myapp')) === text ? true : undefined), text)
    const probe = instance.kubectl([
      ...['exec', 'tools', '-c', 'main', '--', 'sh', '-c'],
      'rm -f /tmp/stop; while ! test -e /tmp/stop; do curl -s -o /dev/null -w "%{http_code}\\n" --max-time 5 http://myapp/api/v1/hello; done | sort | uniq -c',
    ])
    await ok('set image deployment/myapp myapp=myapp:2.0')
    expect(await ok('rollout status deployment/myapp --timeout=60s')).toContain('successfully rolled out')
    await answers('Hello World, This is version 2!')
    const history = await ok('rollout history deployment/myapp')
    expect(
      history
        .split('\n')
        .slice(2)
        .map((line) => line.split(/\s+/)[0]),
    ).toEqual(['1', '2'])
    expect(await ok('rollout history deployment/myapp --revision=2')).toContain('myapp:2.0')
    await ok('rollout undo deployment/myapp')
    await ok('rollout status deployment/myapp --timeout=60s')
    await answers('Hello World, This is version 1!')
    const before = (await ok('get pods -l app=myapp --field-selector=status.phase=Running -o name')).split(
      '\n',
    )
    await ok('rollout restart deployment/myapp')
    await ok('rollout status deployment/myapp --timeout=60s')
    await ok(`wait --for=delete ${before.join(' ')} --timeout=60s`)
    expect((await ok('get pods -l app=myapp -o name')).split('\n')).toHaveLength(2)
    await inTools('touch /tmp/stop')
    expect((await probe).stdout.trim()).toMatch(/^\d+ 200$/)
  })

  test('scale: up, to none, and only from the expected number', async () => {
    const refused = await instance.kubectl(
      'scale deployment myapp --replicas=3 --current-replicas=7'.split(' '),
    )
    expect([refused.status, refused.stderr]).toEqual([
      1,
      expect.stringContaining('Expected replicas to be 7, was 2'),
    ])
    await ok('scale deployment myapp --replicas=3')
    await ok('rollout status deployment/myapp --timeout=60s')
    expect(
      (
        await ok(
          'get endpointslices -l kubernetes.io/service-name=myapp -o jsonpath={.items[*].endpoints[*].addresses[0]}',
        )
      ).split(' '),
    ).toHaveLength(3)
    await ok('scale deployment myapp --replicas=2')
    await eventually(async () =>
      (await ok('get pods -l app=myapp -o name')).split('\n').length === 2 ? true : undefined,
    )
  })

  test('readiness decides who is in the EndpointSlice and answers', async () => {
    const probe = { readinessProbe: { exec: { command: ['test', '-e', '/tmp/ready'] }, periodSeconds: 1 } }
    const server =
      'while true; do printf "HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\nConnection: close\\r\\n\\r\\nok" | python3 -c "import socket,sys; s=socket.create_server((\'\',8080)); c,_=s.accept(); c.recv(4096); c.sendall(sys.stdin.buffer.read()); c.close()"; done'
    await ok('apply -f -', shellPod('late', server, JSON.stringify(probe)))
    await ok('create service clusterip late --tcp=80:8080')
    const ready = (): Promise<string> =>
      field('endpointslices -l kubernetes.io/service-name=late', '.items[0].endpoints[0].conditions.ready')
    await eventually(async () => ((await ready()) === 'false' ? true : undefined), 'the endpoint is listed')
    await ok('wait --for=jsonpath={.status.phase}=Running pod/late --timeout=30s')
    expect(await ok('get pod late --no-headers')).toMatch(/^late\s+0\/1\s+Running/)
    expect(await inTools('curl -s --max-time 5 http://late/ || echo refused $?')).toBe('refused 7')
    await ok('exec late -- touch /tmp/ready')
    await ok('wait --for=condition=Ready pod/late --timeout=30s')
    await eventually(async () => ((await ready()) === 'true' ? true : undefined), 'the endpoint is ready')
    await eventually(async () =>
      (await inTools('curl -s --max-time 5 http://late/ || true')) === 'ok' ? true : undefined,
    )
    await ok('delete pod,service late')
  })

  test('liveness restarts a container and says so; logs -p has what it wrote before', async () => {
    const probe = {
      livenessProbe: {
        exec: { command: ['test', '-e', '/tmp/alive'] },
        periodSeconds: 1,
        failureThreshold: 3,
      },
    }
    await ok(
      'apply -f -',
      shellPod('mortal', 'touch /tmp/alive; echo born; exec sleep 1000', JSON.stringify(probe)),
    )
    await ok('wait --for=condition=Ready pod/mortal --timeout=30s')
    await ok('exec mortal -- rm /tmp/alive')
    await ok('wait --for=jsonpath={.status.containerStatuses[0].restartCount}=1 pod/mortal --timeout=60s')
    await ok('wait --for=condition=Ready pod/mortal --timeout=60s')
    expect(await ok('get pod mortal --no-headers')).toMatch(/^mortal\s+1\/1\s+Running\s+1 \(\d+s ago\)/)
    expect(await ok('logs mortal -p')).toBe('born')
    const described = await ok('describe pod mortal')
    expect(described).toMatch(/Warning\s+Unhealthy\s.*Liveness probe failed/)
    expect(described).toMatch(/Normal\s+Killing\s.*Container main failed liveness probe, will be restarted/)
    expect(described).toMatch(/Last State:\s+Terminated/)
    await ok('set image pod/mortal main=curlimages/curl:8.10.1')
    await ok('wait --for=jsonpath={.status.containerStatuses[0].restartCount}=2 pod/mortal --timeout=60s')
    await ok('wait --for=condition=Ready pod/mortal --timeout=60s')
    expect(await field('pod mortal', '.status.containerStatuses[0].image')).toBe('curlimages/curl:8.10.1')
    expect(await ok('describe pod mortal')).toMatch(
      /Normal\s+Killing\s.*Container main definition changed, will be restarted/,
    )
    await ok('delete pod mortal')
  })

  test('a container that ends again and again: RESTARTS, CrashLoopBackOff, exit code', async () => {
    await ok('apply -f -', shellPod('crash', 'echo boom; exit 3'))
    const row = await eventually(async () => {
      const line = await ok('get pod crash --no-headers')
      return /CrashLoopBackOff/.test(line) ? line : undefined
    }, 'CrashLoopBackOff')
    expect(row).toMatch(/^crash\s+0\/1\s+CrashLoopBackOff\s+[1-9]/)
    expect(await ok('logs crash')).toBe('boom')
    expect(await ok('logs crash --previous')).toBe('boom')
    expect(await field('pod crash', '.status.containerStatuses[0].lastState.terminated.exitCode')).toBe('3')
    expect(await ok('describe pod crash')).toMatch(
      /Warning\s+BackOff\s.*Back-off restarting failed container main in pod crash_default/,
    )
    await ok('delete pod crash')
  })

  test('an unknown image: the event says how to map it, and mapping it heals the pod', async () => {
    await ok('run stranger --image=example.com/stranger:9')
    await eventually(
      async () => (/ImagePullBackOff/.test(await ok('get pod stranger --no-headers')) ? true : undefined),
      'ImagePullBackOff',
    )
    expect(await ok('describe pod stranger')).toContain('weft image add example.com/stranger:9 -- ')
    const refused = await instance.kubectl(['logs', 'stranger'])
    expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining('is waiting to start: ')])
    expect(
      (await instance.weft('image', 'add', 'example.com/stranger:9', '--', 'sleep', '1000')).status,
    ).toBe(0)
    await ok('wait --for=condition=Ready pod/stranger --timeout=60s')
    expect((await instance.weft('image', 'ls')).stdout).toMatch(
      /example\.com\/stranger:9\s+mapped\s+sleep 1000/,
    )
    await ok('delete pod stranger --grace-period=1')
  })

  test('a pod whose volume holds more than its sizeLimit is evicted', async () => {
    await ok('wait --for=jsonpath={.status.phase}=Failed pod/greedy --timeout=30s')
    expect(await ok('get pod greedy --no-headers')).toMatch(/^greedy\s+0\/1\s+Error\s/)
    expect(await ok('describe pod greedy')).toMatch(
      /Status:\s+Failed\nReason:\s+Evicted\nMessage:\s+Usage of EmptyDir volume "cache" exceeds the limit "1Mi"\./,
    )
    await ok('delete pod greedy')
  })

  test('deleting a deployment takes its replica sets and pods along', async () => {
    await ok('delete deployment myapp')
    await ok('wait --for=delete pod -l app=myapp --timeout=60s')
    expect(await ok('get replicasets,pods -l app=myapp -o name')).toBe('')
    expect(await inTools('curl -s --max-time 5 http://myapp/ || echo refused $?')).toBe('refused 7')
  })

  test('deleting a pod ends its processes and its network, also at once', async () => {
    await ok('apply -f -', shellPod('stubborn', 'trap "" TERM; while true; do sleep 1; done'))
    await ok('wait --for=condition=Ready pod/stubborn --timeout=30s')
    await ok('delete pod stubborn --force --grace-period=0')
    const processes = JSON.parse((await instance.weft('status', '-o', 'json')).stdout) as {
      readonly processes: readonly { readonly command: string }[]
    }
    await eventually(() =>
      processes.processes.some(({ command }) => command.includes('default/stubborn')) ? undefined : true,
    )
  })
})
