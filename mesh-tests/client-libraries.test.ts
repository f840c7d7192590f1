/** The client libraries that people write their programs with: JavaScript's, Python's and client-go, against a real instance. */
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, get, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import {
  ApiextensionsV1Api,
  CoreV1Api,
  CustomObjectsApi,
  Exec,
  KubeConfig,
  KubernetesObjectApi,
  Log,
  makeInformer,
  PatchStrategy,
  PortForward,
  Watch,
  type KubernetesObject,
  type V1ConfigMap,
  type V1Status,
} from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run, startInstance, type Instance, type Output } from './support/instance.ts'
import { eventually } from './support/kubectl-process.ts'

const clients = new URL('clients', import.meta.url).pathname
const namespace = 'clients'

/** Answers on 8080, and a shell with the host's tools beside. */
const pod = `
apiVersion: v1
kind: Pod
metadata: {name: target, namespace: ${namespace}}
spec:
  terminationGracePeriodSeconds: 1
  containers:
    - name: main
      image: python:3
      command: [python3, -u, -c]
      args:
        - |
          import http.server
          class Handler(http.server.BaseHTTPRequestHandler):
              def do_GET(self):
                  self.send_response(200)
                  self.send_header('Content-Length', '3')
                  self.end_headers()
                  self.wfile.write(b'ok\\n')
              def log_message(self, *_):
                  pass
          server = http.server.HTTPServer(('', 8080), Handler)
          print('ready')
          server.serve_forever()
      readinessProbe: {httpGet: {path: /actuator/health, port: 8080}, periodSeconds: 1}
`

const missing = async (command: string, ...parameters: string[]): Promise<string | undefined> => {
  const output = await run(command, parameters)
  return output.status === 0 ? undefined : `${command} does not run here`
}
const withoutGo = await missing('go', 'version')
const withoutPip = await missing('python3', '-c', 'import ensurepip, venv')

let instance: Instance
let scratch: string
let built: Promise<Output> | undefined
let installed: Promise<Output> | undefined

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'weft-clients-'))
  // Both take their time, more the first time on a machine: they run beside the start of the instance.
  if (withoutGo === undefined) {
    built = run('go', ['build', '-o', join(scratch, 'clients-go'), '.'], { cwd: join(clients, 'go') })
  }
  if (withoutPip === undefined) {
    const requirements = join(clients, 'python/requirements.txt')
    const venv = join(scratch, 'venv')
    installed = run('sh', [
      '-c',
      `python3 -m venv ${venv} && ${venv}/bin/pip install --quiet --requirement ${requirements}`,
    ])
  }
  instance = await startInstance()
  await instance.weft('image', 'add', 'python:3', '--', 'python3')
  await instance.kubectlOk(['create', 'namespace', namespace])
  await instance.kubectlOk(['apply', '-f', '-'], pod)
  await instance.kubectlOk(['wait', '--for=condition=Ready', 'pod/target', '-n', namespace, '--timeout=60s'])
})
afterAll(async () => {
  await instance?.remove()
  await rm(scratch, { recursive: true, force: true })
})

/** Every check said ok; the words of those that did not are in the message. */
const expectAllOk = (output: Output, checks: number): void => {
  expect(output.stdout + output.stderr).not.toMatch(/^failed /m)
  expect([output.status, output.stdout.match(/^ok /gm)?.length]).toEqual([0, checks])
}

describe('client-node', () => {
  let config: KubeConfig
  let core: CoreV1Api
  beforeAll(() => {
    config = new KubeConfig()
    config.loadFromFile(join(instance.home, 'kubeconfig'))
    core = config.makeApiClient(CoreV1Api)
  })

  const configMap = (name: string, data: Readonly<Record<string, string>>): V1ConfigMap => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace, labels: { made: 'node' } },
    data,
  })

  test('creates, reads, replaces, patches, lists, applies and deletes', async () => {
    const made = await core.createNamespacedConfigMap({ namespace, body: configMap('node', { key: '1' }) })
    const replaced = Object.assign(made, { data: { key: '2' } })
    await core.replaceNamespacedConfigMap({ name: 'node', namespace, body: replaced })
    await expect(
      core.replaceNamespacedConfigMap({ name: 'node', namespace, body: replaced }),
    ).rejects.toMatchObject({ code: 409 })
    const objects = KubernetesObjectApi.makeApiClient(config)
    const patch = configMap('node', { other: '3' })
    await objects.patch(patch, undefined, undefined, 'node', undefined, PatchStrategy.MergePatch)
    const applied = await objects.patch<V1ConfigMap>(
      configMap('node', { third: '4' }),
      undefined,
      undefined,
      'applier',
      undefined,
      PatchStrategy.ServerSideApply,
    )
    expect(applied.data).toEqual({ key: '2', other: '3', third: '4' })
    const { items } = await core.listNamespacedConfigMap({ namespace, labelSelector: 'made=node' })
    expect(items.map(({ metadata }) => metadata?.name)).toEqual(['node'])
    await core.deleteNamespacedConfigMap({ name: 'node', namespace })
    await expect(core.readNamespacedConfigMap({ name: 'node', namespace })).rejects.toMatchObject({
      code: 404,
    })
  })

  test('watches, and keeps an informer', async () => {
    const heard: string[] = []
    const informer = makeInformer<V1ConfigMap>(
      config,
      `/api/v1/namespaces/${namespace}/configmaps`,
      () => core.listNamespacedConfigMap({ namespace, labelSelector: 'made=node' }),
      'made=node',
    )
    for (const verb of ['add', 'update', 'delete'] as const) {
      informer.on(verb, ({ metadata }: V1ConfigMap) => heard.push(`${verb} ${metadata?.name ?? ''}`))
    }
    await informer.start()
    const list = await core.listNamespacedConfigMap({ namespace })
    const phases: string[] = []
    const watching = await new Watch(config).watch(
      `/api/v1/namespaces/${namespace}/configmaps`,
      { resourceVersion: list.metadata?.resourceVersion ?? '', labelSelector: 'made=node' },
      (phase) => phases.push(phase),
      () => {},
    )
    await core.createNamespacedConfigMap({ namespace, body: configMap('seen', { key: '1' }) })
    await eventually(() => heard.includes('add seen') || undefined, 'the informer to add')
    await core.replaceNamespacedConfigMap({ name: 'seen', namespace, body: configMap('seen', { key: '2' }) })
    await core.deleteNamespacedConfigMap({ name: 'seen', namespace })
    await eventually(() => heard.includes('delete seen') || undefined, 'the informer to delete')
    await eventually(() => phases.includes('DELETED') || undefined, 'the watch to delete')
    expect(heard).toEqual(['add seen', 'update seen', 'delete seen'])
    expect(phases).toEqual(['ADDED', 'MODIFIED', 'DELETED'])
    watching.abort()
    await informer.stop()
  })

  test('reads logs, runs commands and forwards a port', async () => {
    const logged = new PassThrough()
    await new Log(config).log(namespace, 'target', 'main', logged, { tailLines: 1 })
    const lines = await eventually(() => (logged.read() as Buffer | null)?.toString(), 'the log')
    expect(lines).toBe('ready\n')

    const [out, problems] = [new PassThrough(), new PassThrough()]
    const status = await new Promise<V1Status>((resolve, reject) => {
      const command = ['sh', '-c', 'echo out; echo err >&2; exit 5']
      new Exec(config)
        .exec(namespace, 'target', 'main', command, out, problems, null, false, resolve)
        .catch(reject)
    })
    expect(status.details?.causes).toEqual([{ reason: 'ExitCode', message: '5' }])
    expect([String(out.read()), String(problems.read())]).toEqual(['out\n', 'err\n'])

    const forward = new PortForward(config)
    const server: Server = createServer()
    server.removeAllListeners('connection')
    server.on('connection', (socket) => {
      forward.portForward(namespace, 'target', [8080], socket, null, socket).catch(() => socket.destroy())
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const body = await new Promise<string>((resolve, reject) => {
      get({ port, path: '/', agent: false }, (answer) => {
        answer.on('data', (bytes: Buffer) => resolve(bytes.toString()))
      }).on('error', reject)
    })
    expect(body).toBe('ok\n')
    server.closeAllConnections()
    server.close()
  })

  test('defines a kind and writes its objects', async () => {
    const extensions = config.makeApiClient(ApiextensionsV1Api)
    const names = { plural: 'gizmos', kind: 'Gizmo' }
    const group = 'clients.example.com'
    await extensions.createCustomResourceDefinition({
      body: {
        metadata: { name: `gizmos.${group}` },
        spec: {
          group,
          names,
          scope: 'Namespaced',
          versions: [
            {
              name: 'v1',
              served: true,
              storage: true,
              schema: {
                openAPIV3Schema: {
                  type: 'object',
                  properties: {
                    spec: { type: 'object', properties: { size: { type: 'integer', minimum: 1 } } },
                  },
                },
              },
            },
          ],
        },
      },
    })
    const custom = config.makeApiClient(CustomObjectsApi)
    const resource = { group, version: 'v1', namespace, plural: 'gizmos' }
    const gizmo = (size: number): KubernetesObject & { readonly spec: object } => ({
      apiVersion: `${group}/v1`,
      kind: 'Gizmo',
      metadata: { name: 'one' },
      spec: { size },
    })
    await custom.createNamespacedCustomObject({ ...resource, body: gizmo(1) })
    await expect(
      custom.replaceNamespacedCustomObject({ ...resource, name: 'one', body: gizmo(0) }),
    ).rejects.toMatchObject({ code: 422 })
    expect(await custom.getNamespacedCustomObject({ ...resource, name: 'one' })).toMatchObject(gizmo(1))
    await extensions.deleteCustomResourceDefinition({ name: `gizmos.${group}` })
  })
})

test.skipIf(withoutPip !== undefined)(
  `Python client${withoutPip === undefined ? '' : `: ${withoutPip}`}`,
  async () => {
    const ready = await installed
    expect(ready?.status, ready?.stderr).toBe(0)
    const output = await run(
      join(scratch, 'venv/bin/python'),
      [join(clients, 'python/clients.py'), namespace, 'target'],
      {
        env: { KUBECONFIG: join(instance.home, 'kubeconfig') },
      },
    )
    expectAllOk(output, 4)
  },
)

test.skipIf(withoutGo !== undefined)(
  `client-go${withoutGo === undefined ? '' : `: ${withoutGo}`}`,
  async () => {
    const ready = await built
    expect(ready?.status, ready?.stderr).toBe(0)
    const parameters = [join(instance.home, 'kubeconfig'), namespace, 'target']
    const output = await run(join(scratch, 'clients-go'), parameters, {
      env: { KUBE_FEATURE_WatchListClient: 'true' },
    })
    expectAllOk(output, 11)
  },
)
