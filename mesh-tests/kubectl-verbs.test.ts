/** What an application developer does with kubectl beside get and apply: every verb, on one instance. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run, startInstance, type Instance, type Output } from './support/instance.ts'
import { eventually, startKubectl } from './support/kubectl-process.ts'

const configMap = (name: string, value: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, labels: {pruned: together}}\ndata: {a: "${value}"}\n`

describe('every verb of kubectl', () => {
  let instance: Instance
  let directory: string
  const kubectl = (...words: readonly string[]): Promise<Output> => instance.kubectl(words)
  const ok = (command: string, input?: string): Promise<string> =>
    instance.kubectlOk(command.split(' '), input)
  const field = (object: string, path: string): Promise<string> => ok(`get ${object} -o jsonpath={${path}}`)
  /** kubectl with an editor that is a sed script. */
  const edit = async (script: string, ...words: readonly string[]): Promise<Output> => {
    await writeFile(join(directory, 'script.sed'), script)
    return run('kubectl', ['edit', ...words], {
      env: {
        KUBECONFIG: join(instance.home, 'kubeconfig'),
        KUBE_EDITOR: `sed -i -f ${join(directory, 'script.sed')}`,
      },
    })
  }
  const inTerminal = (script: string, input?: string): Promise<Output> =>
    run('script', ['--quiet', '--return', '--command', script, '/dev/null'], {
      env: { KUBECONFIG: join(instance.home, 'kubeconfig') },
      ...(input === undefined ? {} : { input }),
    })

  /** A shell's loop until its terminal has this size. */
  const await_ = (size: string): string => `until test "$(stty size)" = "${size}"; do sleep 0.05; done`

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'weft-verbs-'))
    instance = await startInstance()
    await ok('create deployment web --image=myapp:1.0 --replicas=2 --port=8080')
    await instance.kubectlOk([
      ...['run', 'tools', '--image=curlimages/curl:8', '--', 'sh', '-c', 'echo begun; exec sleep 100000'],
    ])
    await ok('wait --for=condition=Ready pod/tools --timeout=60s')
    await ok('rollout status deployment/web --timeout=60s')
  })
  afterAll(async () => {
    await instance?.remove()
    await rm(directory, { recursive: true, force: true })
  })

  test('set: image, env, resources, service account, selector', async () => {
    await ok('rollout pause deployment/web')
    await ok('set image deployment/web *=myapp:2.0')
    await ok('set env deployment/web COLOR=blue')
    expect(await ok('set env deployment/web --list')).toContain('COLOR=blue')
    await ok('set resources deployment/web --requests=cpu=10m')
    await ok('create serviceaccount robot')
    await ok('set serviceaccount deployment/web robot')
    expect(await field('deployment/web', '.spec.paused')).toBe('true')
    expect((await ok('get replicasets -l app=web -o name')).split('\n')).toHaveLength(1)
    await ok('rollout resume deployment/web')
    await ok('rollout status deployment/web --timeout=60s')
    const [app] = JSON.parse(
      await ok('get pods -l app=web -o jsonpath-as-json={.items[*].spec}'),
    ) as readonly {
      readonly serviceAccountName: string
      readonly containers: readonly unknown[]
    }[]
    expect(app).toMatchObject({
      serviceAccountName: 'robot',
      containers: [
        {
          image: 'myapp:2.0',
          env: [{ name: 'COLOR', value: 'blue' }],
          resources: { requests: { cpu: '10m' } },
        },
      ],
    })
    await ok('expose deployment web --port=80 --target-port=8080')
    await ok('set selector service web app=other')
    expect(await field('service/web', '.spec.selector.app')).toBe('other')
  })

  test('edit: changed, unchanged, refused with what is wrong', async () => {
    await ok('create -f -', configMap('edited', '1'))
    const changed = await edit('s/"1"/"2"/', 'configmap', 'edited')
    expect([changed.status, changed.stdout]).toEqual([0, 'configmap/edited edited\n'])
    expect((await edit('s/nothing/else/', 'configmap', 'edited')).stderr).toContain('no changes made')
    const refused = await edit('s/replicas:.*/replicas:x/', 'deployment', 'web')
    expect(refused.status).toBe(1)
    const wrong = await edit('s/"2"/[]/', 'configmap', 'edited')
    expect([wrong.status, wrong.stderr]).toEqual([1, expect.stringContaining('must be of type string')])
  })

  test('replace: in place, forced, and of a subresource; patch of the scale', async () => {
    expect(await ok('replace -f -', configMap('edited', '3'))).toBe('configmap/edited replaced')
    const uid = await field('configmap/edited', '.metadata.uid')
    await writeFile(join(directory, 'edited.yaml'), configMap('edited', '4'))
    await ok(`replace --force -f ${directory}/edited.yaml`)
    expect(await field('configmap/edited', '.metadata.uid')).not.toBe(uid)
    await ok('patch deployment web --subresource=scale --type=merge -p {"spec":{"replicas":1}}')
    const scale = (await ok('get deployment web --subresource=scale')).split('\n')
    expect(scale.map((line) => line.split(/\s+/).slice(0, 2))).toEqual([
      ['NAME', 'DESIRED'],
      ['web', '1'],
    ])
    expect((await kubectl('replace', '-f', `${directory}/missing.yaml`)).status).toBe(1)
  })

  test('apply: of directories, kustomizations, dry runs, and pruning by labels and by sets', async () => {
    const folder = join(directory, 'deep', 'er')
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'a.yaml'), configMap('pruned-a', '1'))
    await writeFile(join(folder, 'b.yaml'), configMap('pruned-b', '1'))
    const apply = `apply -f ${join(directory, 'deep')} -R`
    expect(await ok(`${apply} --dry-run=client -o name`)).toBe('configmap/pruned-a\nconfigmap/pruned-b')
    expect(await ok(`${apply} --dry-run=server`)).toContain('configmap/pruned-a created (server dry run)')
    expect((await kubectl('get', 'configmap', 'pruned-a')).status).toBe(1)
    const prune = '--prune -l pruned=together'
    await ok(`${apply} ${prune}`)
    await rm(join(folder, 'b.yaml'))
    expect(await ok(`${apply} ${prune}`)).toContain('configmap/pruned-b pruned')
    await writeFile(join(folder, 'kustomization.yaml'), 'resources: [a.yaml]\nnamePrefix: my-\n')
    expect(await ok(`apply -k ${folder}`)).toBe('configmap/my-pruned-a created')
    await writeFile(join(folder, 'a.yaml'), configMap('pruned-a', '2'))
    const difference = await kubectl('diff', '-k', folder)
    expect([difference.status, difference.stdout]).toEqual([1, expect.stringMatching(/^\+\s+a: "2"$/m)])
    const inSet = (input: string): Promise<Output> =>
      run('kubectl', ['apply', '-n', 'default', '--prune', '--applyset=set', '-f', '-'], {
        env: { KUBECONFIG: join(instance.home, 'kubeconfig'), KUBECTL_APPLYSET: 'true' },
        input,
      })
    expect((await inSet(`${configMap('one', '1')}---\n${configMap('two', '1')}`)).status).toBe(0)
    expect((await inSet(configMap('one', '1'))).stdout).toContain('configmap/two pruned')
  })

  test('cp: there and back, files and directories', async () => {
    const from = join(directory, 'deep')
    await ok(`cp ${from} tools:/tmp/copied`)
    expect(await ok('exec tools -- ls /tmp/copied/er')).toContain('a.yaml')
    await ok(`cp tools:/tmp/copied/er/a.yaml ${directory}/back.yaml`)
    expect(await readFile(join(directory, 'back.yaml'), 'utf8')).toBe(configMap('pruned-a', '2'))
  })

  test('run: in the foreground, and nothing is left of it', async () => {
    const run_ = 'run once --image=curlimages/curl:8 --restart=Never --rm --attach --quiet --'
    const output = await kubectl(...run_.split(' '), 'sh', '-c', 'sleep 0.5; echo done; exit 3')
    expect([output.status, output.stdout]).toEqual([3, expect.stringContaining('done\n')])
    expect((await kubectl('get', 'pod', 'once')).stderr).toContain('not found')
  })

  test('run -i: what is piped in is read to its end, however long', async () => {
    const lines = Array.from({ length: 100_000 }, (_, index) => String(index)).join('\n')
    const words = 'run reader --image=curlimages/curl:8 --restart=Never --rm -i --quiet -- sh -c'
    const output = await instance.kubectl([...words.split(' '), 'sleep 0.3; cksum'], `${lines}\n`)
    const expected = await run('cksum', [], { input: `${lines}\n` })
    expect([output.status, output.stdout]).toEqual([0, expect.stringContaining(expected.stdout)])
  })

  test('run -it: a shell on a terminal of the right size, with its prompt and its exit code', async () => {
    const shell = 'kubectl run shell --image=curlimages/curl:8 --restart=Never --rm -it -- sh'
    const terminal = await inTerminal(`stty rows 31 cols 91; ${shell}`, `${await_('31 91')}; tty; exit 4\n`)
    expect(terminal.stdout).toMatch(/\/dev\/pts\/\d+\r\n/)
    expect(terminal.status).toBe(4)
  })

  test('exec with a terminal: its size, and its new size', async () => {
    const inPod = `${await_('33 77')}; touch /tmp/seen; ${await_('40 100')}; echo all seen`
    const grows =
      'until kubectl exec tools -- test -e /tmp/seen 2>/dev/null; do sleep 0.1; done; stty rows 40 cols 100 </dev/tty'
    await writeFile(
      join(directory, 'resize.sh'),
      `stty rows 33 cols 77\n(${grows}) &\nkubectl exec -it tools -- sh -c '${inPod}'\n`,
    )
    expect((await inTerminal(`sh ${join(directory, 'resize.sh')}`)).stdout).toContain('all seen')
  })

  test('logs: since, timestamps, prefix, of all containers, by label', async () => {
    expect(await ok('logs tools --since=1h')).toContain('begun')
    expect(await ok('logs tools --since-time=2100-01-01T00:00:00Z')).toBe('')
    const stamped = await ok('logs -l run=tools --all-containers --prefix --timestamps')
    expect(stamped).toMatch(/^\[pod\/tools\/tools\] \d{4}-\d\d-\d\dT\S+Z begun$/m)
    const refused = await kubectl('logs', 'tools', '--previous')
    expect(refused.stderr).toContain('previous terminated container "tools" in pod "tools" not found')
  })

  test('top: what the processes of pods and of the machine use', async () => {
    const busy = startKubectl(instance, ['exec', 'tools', '--', 'sh', '-c', 'while :; do :; done'])
    try {
      const millicores = async (): Promise<number> =>
        Number(/^tools\s+(\d+)m/m.exec(await ok('top pod tools --no-headers'))?.[1] ?? 0)
      await eventually(async () => ((await millicores()) > 20 ? true : undefined), 'the loop is measured')
      const rows = (await ok('top pod --containers --no-headers')).split('\n').map((row) => row.split(/\s+/))
      expect(rows.map(([pod, container]) => [pod, container])).toContainEqual(['tools', 'tools'])
      const web = /^web-\S+\s+\d+m\s+(\d+)Mi/m.exec(await ok('top pod -l app=web --no-headers'))
      expect(Number(web?.[1])).toBeGreaterThan(1)
      expect(await ok('top node --no-headers')).toMatch(/^weft\s+\d+m\s+\d+%\s+\d+Mi\s+\d+%$/)
    } finally {
      await busy.stop()
    }
  })

  test('events: of an object, by type, in both of their groups', async () => {
    expect(await ok('events --for deployment/web')).toMatch(/Normal\s+ScalingReplicaSet\s+Deployment\/web/)
    expect(await ok('events --types=Normal --for pod/tools')).toMatch(/Started\s+Pod\/tools/)
    const newer = 'get events.v1.events.k8s.io --field-selector=regarding.name=tools,reason=Started'
    expect(await ok(`${newer} -o jsonpath={.items[0].note}`)).toMatch(/^Started container/)
  })

  test('auth: may I, who am I, and as somebody else with a role', async () => {
    expect(await ok('auth can-i create deployments')).toBe('yes')
    expect(await ok('auth whoami -o jsonpath={.status.userInfo.username}')).toBe('kubernetes-admin')
    expect((await ok('auth can-i --list')).split('\n')[1]).toMatch(/^\*\.\*\s/)
    const refused = await kubectl('get', 'pods', '--as=bob')
    expect(refused.stderr).toContain('User "bob" cannot list resource "pods" in API group ""')
    await ok('create role looker --verb=get,list --resource=pods')
    await ok('create rolebinding looker --role=looker --user=bob')
    expect(await ok('get pods --as=bob -o name')).toContain('pod/tools')
    const may = await kubectl('auth', 'can-i', 'delete', 'pods', '--as=bob')
    expect([may.status, may.stdout]).toEqual([1, 'no\n'])
    const token = await ok('create token robot')
    const whoami = await ok(
      `--token=${token} --kubeconfig=/dev/null --server=${await ok('config view -o jsonpath={.clusters[0].cluster.server}')} --insecure-skip-tls-verify auth whoami -o jsonpath={.status.userInfo.username}`,
    )
    expect(whoami).toBe('system:serviceaccount:default:robot')
  })

  test('cluster: info, versions, resources, config, health', async () => {
    expect(await ok('cluster-info')).toContain('Kubernetes control plane')
    expect(JSON.parse(await ok('version -o json'))).toMatchObject({
      serverVersion: { major: '1', minor: '32' },
    })
    const versions = (await ok('api-versions')).split('\n')
    expect(versions).toEqual(
      expect.arrayContaining(['v1', 'apps/v1', 'metrics.k8s.io/v1beta1', 'rbac.authorization.k8s.io/v1']),
    )
    const names = (await ok('api-resources --verbs=list -o name')).split('\n')
    const everything = await kubectl('get', names.join(','), '-A', '--ignore-not-found', '-o', 'name')
    expect([everything.status, everything.stderr]).toEqual([0, ''])
    expect(await ok('get --raw /readyz?verbose')).toContain('readyz check passed')
    expect(await ok('config get-contexts -o name')).toBe('weft')
  })

  test("delete all --all: the API's own Service comes back", async () => {
    await ok('delete service kubernetes')
    await eventually(
      async () => ((await field('service/kubernetes', '.spec.clusterIP')) === '10.96.0.1' ? true : undefined),
      'the Service kubernetes is back',
    )
  })

  test('large lists come in pages', async () => {
    const many = Array.from({ length: 20 }, (_, index) => configMap(`many-${index}`, '1')).join('---\n')
    await ok('create -f -', many)
    const paged = await ok('get configmaps -l pruned=together --chunk-size=7 -o name')
    expect(paged.split('\n').filter((name) => name.includes('many-'))).toHaveLength(20)
    await ok('delete configmaps -l pruned=together --wait=false')
  })

  test('debug: a copy of a pod', async () => {
    await ok('debug tools --copy-to=copy --container=tools --image=curlimages/curl:8 -- sleep 1000')
    await ok('wait --for=condition=Ready pod/copy --timeout=60s')
    await ok('delete pod copy --now')
  })
})
