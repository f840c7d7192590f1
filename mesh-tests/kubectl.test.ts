/** Unmodified kubectl on the objects of a real instance: writing, reading, changing, refusing, deleting. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startInstance, type Instance } from './support/instance.ts'
import { eventually, startKubectl } from './support/kubectl-process.ts'

const configMap = (name: string, data: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: ${data}\n`

const service = `
apiVersion: v1
kind: Service
metadata: {name: web, labels: {app: web}}
spec:
  selector: {app: web}
  ports: [{name: http, port: 8080}]
`

/** No image stands behind `never:0`: these objects do not need pods that run. */
const deployment = (name: string, image = 'never:0', replicas = 0): string => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, labels: {app: ${name}}}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      containers: [{name: app, image: "${image}"}]
`

const virtualService = `
apiVersion: networking.istio.io/v1beta1
kind: VirtualService
metadata: {name: web}
spec:
  hosts: [web]
  gateways: [mesh]
  http: [{route: [{destination: {host: web}, weight: 100}]}]
`

describe('kubectl on objects', () => {
  let instance: Instance
  beforeAll(async () => {
    instance = await startInstance()
  })
  afterAll(() => instance?.remove())

  const ok = (command: string, input?: string): Promise<string> =>
    instance.kubectlOk(command.split(' '), input)
  const fails = async (command: string, input?: string): Promise<string> => {
    const output = await instance.kubectl(command.split(' '), input)
    expect(output.status, output.stdout).not.toBe(0)
    return output.stderr
  }
  const field = (object: string, path: string): Promise<string> => ok(`get ${object} -o jsonpath={${path}}`)

  test('create: of files, and of what kubectl makes up itself', async () => {
    expect(await ok('create -f -', configMap('filed', '{a: "1"}'))).toBe('configmap/filed created')
    expect(await fails('create -f -', configMap('filed', '{a: "1"}'))).toContain(
      'configmaps "filed" already exists',
    )
    await ok('create configmap made --from-literal=color=blue')
    await ok('create secret generic made --from-literal=token=s3cret')
    await ok('create namespace made')
    await ok('create serviceaccount made')
    await ok('create service clusterip made --tcp=80:8080')
    await ok('create deployment made --image=never:0 --replicas=0 --port=8080')
    expect(await field('configmap/made', '.data.color')).toBe('blue')
    expect(await field('secret/made', '.data.token')).toBe(Buffer.from('s3cret').toString('base64'))
    expect(await field('service/made', '.spec.ports[0].targetPort')).toBe('8080')
    expect(await field('deployment/made', '.spec.replicas')).toBe('0')
    expect(await field('namespace/made', '.status.phase')).toBe('Active')
    await ok('delete configmap,secret,serviceaccount,service,deployment made')
    await ok('delete namespace made --timeout=60s')
  })

  test('apply by the client: created, unchanged, configured, and pruned by the last applied', async () => {
    expect(await ok('apply -f -', configMap('applied', '{a: "1", b: "1"}'))).toBe('configmap/applied created')
    expect(await ok('apply -f -', configMap('applied', '{a: "1", b: "1"}'))).toBe(
      'configmap/applied unchanged',
    )
    await ok('patch configmap applied --type=merge -p {"data":{"other":"kept"}}')
    expect(await ok('apply -f -', configMap('applied', '{a: "2"}'))).toBe('configmap/applied configured')
    expect(JSON.parse(await field('configmap/applied', '.data'))).toEqual({ a: '2', other: 'kept' })
    const diff = await instance.kubectl(['diff', '-f', '-'], configMap('applied', '{a: "3"}'))
    expect(diff.status).toBe(1)
    expect(diff.stdout).toMatch(/^-\s+a: "2"\n\+\s+a: "3"/m)
  })

  test('apply by the server: managers, a conflict with its words, and force', async () => {
    await ok('apply --server-side --field-manager=one -f -', configMap('shared', '{a: "1", b: "1"}'))
    const refused = await fails(
      'apply --server-side --field-manager=two -f -',
      configMap('shared', '{a: "2"}'),
    )
    expect(refused).toContain('Apply failed with 1 conflict: conflict with "one": .data.a')
    const forced = 'apply --server-side --field-manager=two --force-conflicts -f -'
    expect(await ok(forced, configMap('shared', '{a: "2"}'))).toBe('configmap/shared serverside-applied')
    expect(JSON.parse(await field('configmap/shared', '.data'))).toEqual({ a: '2', b: '1' })
    // Who no longer names a field gives it up; nobody else wants it.
    await ok('apply --server-side --field-manager=one -f -', configMap('shared', '{}'))
    expect(JSON.parse(await field('configmap/shared', '.data'))).toEqual({ a: '2' })
    const managers = await ok(
      'get configmap shared --show-managed-fields -o jsonpath={.metadata.managedFields[*].manager}',
    )
    expect(managers.split(' ')).toContain('two')
  })

  test('get: in every format, by labels and fields', async () => {
    await ok('apply -f -', service)
    const [head, row] = (await ok('get service web -o wide')).split('\n')
    expect(head?.split(/\s{2,}/)).toEqual(
      ['NAME', 'TYPE', 'CLUSTER-IP', 'EXTERNAL-IP', 'PORT(S)', 'AGE', 'SELECTOR'].map(String),
    )
    expect(row).toMatch(/^web\s+ClusterIP\s+10\.96\.\d+\.\d+\s+<none>\s+8080\/TCP\s+\d+s\s+app=web$/)
    expect(JSON.parse(await ok('get service web -o json'))).toMatchObject({
      apiVersion: 'v1',
      kind: 'Service',
      spec: { type: 'ClusterIP', ports: [{ port: 8080, targetPort: 8080, protocol: 'TCP' }] },
    })
    expect(await ok('get service web -o yaml')).toMatch(/^apiVersion: v1\nkind: Service\nmetadata:\n/)
    const columns = 'get service -l app=web -o custom-columns=N:.metadata.name,P:.spec.ports[*].port'
    expect((await ok(columns)).split('\n').map((line) => line.split(/\s+/))).toEqual([
      ['N', 'P'],
      ['web', '8080'],
    ])
    expect(await ok('get service -l app!=web,app -o name')).toBe('')
    expect(await ok('get namespaces --field-selector=metadata.name=default -o name')).toBe(
      'namespace/default',
    )
    expect(await fails('get service nowhere')).toContain('services "nowhere" not found')
  })

  test('get --watch shows what changes, as it changes', async () => {
    const watch = startKubectl(instance, [
      ...['get', 'configmaps', '-l', 'watched', '--watch', '--output-watch-events'],
    ])
    try {
      // Nothing tells when the watch has begun: what is written before it is listed as added all the same.
      await ok('create configmap watched')
      await ok('label configmap watched watched=yes')
      await watch.says(/ADDED +watched +0 /)
      await ok('patch configmap watched --type=merge -p {"data":{"k":"v"}}')
      await watch.says(/MODIFIED +watched +1 /)
      await ok('label configmap watched watched-')
      await watch.says(/DELETED +watched/)
    } finally {
      await watch.stop()
    }
  })

  test('label and annotate: added, overwritten, removed', async () => {
    await ok('apply -f -', configMap('marked', '{}'))
    await ok('label configmap marked tier=web')
    expect(await fails('label configmap marked tier=db')).toContain("'tier' already has a value (web)")
    await ok('label --overwrite configmap marked tier=db')
    expect(await ok('get configmap -l tier=db -o name')).toBe('configmap/marked')
    await ok('label configmap marked tier-')
    expect(await ok('get configmap -l tier -o name')).toBe('')
    await ok('annotate configmap marked note=hello')
    expect(await field('configmap/marked', '.metadata.annotations.note')).toBe('hello')
    expect(await fails('label configmap marked a=b --resource-version=1')).toContain(
      'the object has been modified; please apply your changes to the latest version and try again',
    )
  })

  test('patch: JSON, merge and strategic merge', async () => {
    await ok('apply -f -', deployment('patched'))
    const patch = (type: string, body: unknown): Promise<string> =>
      instance.kubectlOk(['patch', 'deployment', 'patched', `--type=${type}`, '-p', JSON.stringify(body)])
    const containers = async (): Promise<unknown> =>
      JSON.parse(
        await field('deployment/patched', '.spec.template.spec.containers[*].name').then(JSON.stringify),
      )
    const sidecar = { spec: { template: { spec: { containers: [{ name: 'side', image: 'never:1' }] } } } }
    await patch('strategic', sidecar)
    expect(await containers()).toBe('side app')
    await patch('merge', sidecar)
    expect(await containers()).toBe('side')
    await patch('json', [{ op: 'replace', path: '/spec/template/spec/containers/0/name', value: 'main' }])
    expect(await containers()).toBe('main')
    const wrong = ['patch', 'deployment', 'patched', '--type=json', '-p']
    const missing = await instance.kubectl([...wrong, '[{"op":"remove","path":"/spec/nothing"}]'])
    expect([missing.status, missing.stderr]).toEqual([1, expect.stringContaining('/spec/nothing')])
  })

  test('generation counts changes of the spec alone; every write has a resourceVersion of its own', async () => {
    await ok('apply -f -', deployment('counted'))
    const versions = async (): Promise<readonly number[]> => {
      const { metadata } = JSON.parse(await ok('get deployment counted -o json')) as {
        readonly metadata: { readonly generation: number; readonly resourceVersion: string }
      }
      return [metadata.generation, Number(metadata.resourceVersion)]
    }
    await eventually(async () =>
      (await field('deployment/counted', '.status.observedGeneration')) === '1' ? true : undefined,
    )
    const [firstGeneration, first] = await versions()
    await ok('annotate deployment counted a=b')
    const [secondGeneration, second] = await versions()
    await ok('set image deployment counted app=never:1')
    const [thirdGeneration] = await versions()
    expect([firstGeneration, secondGeneration, thirdGeneration]).toEqual([1, 1, 2])
    expect(second).toBeGreaterThan(first ?? 0)
    await eventually(async () =>
      (await field('deployment/counted', '.status.observedGeneration')) === '2' ? true : undefined,
    )
    const stale = (await ok('get deployment counted -o json')).replace(
      /"resourceVersion": "\d+"/,
      '"resourceVersion": "1"',
    )
    expect(await fails('replace -f -', stale)).toContain(
      'Operation cannot be fulfilled on deployments.apps "counted": the object has been modified',
    )
  })

  test('field validation: unknown fields with the likely name, wrong types, invalid values', async () => {
    const refused: readonly (readonly [string, string])[] = [
      [
        deployment('bad').replace('containers:', 'contaners:'),
        'strict decoding error: unknown field "spec.template.spec.contaners", did you mean "spec.template.spec.containers"?',
      ],
      [
        deployment('bad').replace('replicas: 0', 'replicas: two'),
        'spec.replicas: Invalid value: "two": must be of type integer',
      ],
      [
        deployment('bad').replace('matchLabels: {app: bad}', 'matchLabels: {app: other}'),
        '`selector` does not match template `labels`',
      ],
      [
        service.replace('port: 8080', 'port: 80800'),
        'spec.ports[0].port: Invalid value: 80800: must be between 1 and 65535, inclusive',
      ],
      [
        configMap('Bad_Name', '{}'),
        'a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters',
      ],
      [
        virtualService.replace('weight', 'wieght'),
        'unknown field "spec.http[0].route[0].wieght", did you mean "spec.http[0].route[0].weight"?',
      ],
      [
        virtualService.replace('weight: 100', 'weight: heavy'),
        'spec.http[0].route[0].weight: Invalid value: "heavy"',
      ],
      [
        configMap('x', '{}').replace('ConfigMap', 'ConfigMapp'),
        'no matches for kind "ConfigMapp" in version "v1"',
      ],
    ]
    for (const [manifest, words] of refused) {
      expect(await fails('apply -f -', manifest)).toContain(words)
      expect(await fails('apply --server-side -f -', manifest)).toContain(words)
    }
    const warned = await instance.kubectl(
      ['create', '--validate=warn', '--dry-run=server', '-f', '-'],
      `${configMap('x', '{}')}extra: 1\n`,
    )
    expect([warned.status, warned.stderr]).toEqual([0, expect.stringContaining('unknown field "extra"')])
  })

  test('finalizers hold an object until they are gone; none may come once it is being deleted', async () => {
    await ok('apply -f -', configMap('held', '{}'))
    await ok('patch configmap held --type=merge -p {"metadata":{"finalizers":["example.com/hold"]}}')
    await ok('delete configmap held --wait=false')
    expect(await field('configmap/held', '.metadata.deletionTimestamp')).toMatch(/^\d{4}-.*Z$/)
    const more = '{"metadata":{"finalizers":["example.com/hold","example.com/more"]}}'
    expect(await fails(`patch configmap held --type=merge -p ${more}`)).toContain(
      'no new finalizers can be added if the object is being deleted',
    )
    const deletion = startKubectl(instance, ['delete', 'configmap', 'held'])
    await deletion.says(/configmap "held" deleted/)
    await ok('patch configmap held --type=merge -p {"metadata":{"finalizers":null}}')
    expect(await deletion.ended).toBe(0)
    expect(await fails('get configmap held')).toContain('configmaps "held" not found')
  })

  test('owner references: what is owned goes with its owner, and what has no owner at all', async () => {
    await ok('apply -f -', configMap('owner', '{}'))
    const owned = (name: string, uid: string): string =>
      configMap(name, '{}').replace(
        `{name: ${name}}`,
        `{name: ${name}, ownerReferences: [{apiVersion: v1, kind: ConfigMap, name: owner, uid: ${uid}}]}`,
      )
    await ok('apply -f -', owned('child', await field('configmap/owner', '.metadata.uid')))
    await ok('apply -f -', owned('orphan', '00000000-0000-0000-0000-000000000000'))
    await ok('wait --for=delete configmap/orphan --timeout=30s')
    expect(await ok('get configmap child -o name')).toBe('configmap/child')
    await ok('delete configmap owner')
    await ok('wait --for=delete configmap/child --timeout=30s')
  })

  test("Istio's kinds: columns, versions, describe", async () => {
    await ok('apply -f -', virtualService)
    const [head, row] = (await ok('get vs')).split('\n')
    expect(head?.split(/\s+/)).toEqual(['NAME', 'GATEWAYS', 'HOSTS', 'AGE'])
    expect(row).toMatch(/^web\s+\["mesh"\]\s+\["web"\]\s+\d+s$/)
    for (const version of ['v1', 'v1beta1', 'v1alpha3']) {
      const object = await ok(`get virtualservices.${version}.networking.istio.io web -o json`)
      expect(JSON.parse(object)).toMatchObject({ apiVersion: `networking.istio.io/${version}` })
    }
    const described = await ok('describe vs web')
    expect(described).toMatch(/^Name:\s+web\n/)
    expect(described).toMatch(/Destination:\n\s+Host:\s+web\n\s+Weight:\s+100/)
    expect(await ok('get dr,gw --ignore-not-found')).toBe('')
  })

  test('api-resources and explain', async () => {
    const rows = (await ok('api-resources --no-headers')).split('\n').map((line) => line.split(/\s{2,}/))
    expect(rows).toContainEqual(['deployments', 'deploy', 'apps/v1', 'true', 'Deployment'])
    expect(rows).toContainEqual(['virtualservices', 'vs', 'networking.istio.io/v1', 'true', 'VirtualService'])
    expect(rows).toContainEqual(['nodes', 'no', 'v1', 'false', 'Node'])
    expect(await ok('explain vs.spec.http.route.weight')).toMatch(/FIELD: weight <integer>/)
    expect(await ok('explain pod.spec.containers.livenessProbe')).toMatch(/periodSeconds\t<integer>/)
    expect(await fails('explain pod.spec.nothing')).toContain('field "nothing" does not exist')
  })

  test('wait: for a condition, for a field, and in vain', async () => {
    await ok('apply -f -', deployment('waited'))
    await ok('wait --for=condition=Available deployment/waited --timeout=30s')
    await ok('wait --for=jsonpath={.status.observedGeneration}=1 deployment/waited --timeout=30s')
    expect(await fails('wait --for=condition=Never deployment/waited --timeout=1s')).toContain(
      'timed out waiting for the condition on deployments/waited',
    )
  })
})
