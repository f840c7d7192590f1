/** An instance comes back as it was, leaves nothing behind, and lives beside another. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import { run, startInstance, type Instance } from './support/instance.ts'
import { findProcess } from './support/processes.ts'

const application = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: myapp}
spec:
  replicas: 1
  selector: {matchLabels: {app: myapp}}
  template:
    metadata: {labels: {app: myapp}}
    spec:
      terminationGracePeriodSeconds: 1
      containers: [{name: myapp, image: "myapp:1.0", readinessProbe: {httpGet: {path: /actuator/health, port: 8080}, periodSeconds: 1}}]
---
apiVersion: v1
kind: Service
metadata: {name: myapp}
spec:
  type: LoadBalancer
  selector: {app: myapp}
  ports: [{name: http, port: 8099, targetPort: 8080}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: kept}
data: {a: "1"}
`

/** What an instance could leave on the host beside processes: namespaces with a name, links, mounts, rules. */
const hostState = async (): Promise<Readonly<Record<string, readonly string[]>>> => {
  const lines = async (file: string, parameters: readonly string[]): Promise<readonly string[]> =>
    (await run(file, parameters)).stdout.split('\n')
  return {
    namespaces: await lines('ip', ['netns', 'list']),
    links: (await lines('ip', ['-o', 'link'])).map((line) => line.split(': ')[1] ?? ''),
    addresses: (await lines('ip', ['-o', 'address'])).map((line) => line.split(/\s+/).slice(1, 4).join(' ')),
    mounts: readFileSync('/proc/self/mounts', 'utf8').split('\n'),
    rules: await lines('nft', ['list', 'ruleset']),
  }
}

/** The namespaces (`net:[4026532]`) that a process is in; none when it is gone. */
const namespacesOf = (pid: string): readonly string[] =>
  ['net', 'mnt', 'pid', 'uts', 'ipc'].flatMap((kind) => {
    try {
      return [readlinkSync(`/proc/${pid}/ns/${kind}`)]
    } catch {
      return []
    }
  })

const allNamespaces = (): ReadonlySet<string> =>
  new Set(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap(namespacesOf),
  )

const processIds = async (instance: Instance): Promise<readonly number[]> => {
  const status = JSON.parse((await instance.weft('status', '-o', 'json')).stdout) as {
    readonly processes: readonly { readonly pid: number }[]
  }
  return status.processes.map(({ pid }) => pid)
}

describe('the life of an instance', () => {
  const instances: Instance[] = []
  const start = async (home?: string): Promise<Instance> => {
    const instance = await startInstance(home === undefined ? {} : { home })
    instances.push(instance)
    return instance
  }
  afterAll(async () => {
    await Promise.all(instances.map((instance) => instance.remove()))
  })

  const isReady = async (instance: Instance): Promise<void> => {
    await instance.kubectlOk(['rollout', 'status', 'deployment/myapp', '--timeout=60s'])
    const address = ['get', 'service', 'myapp', '-o', 'jsonpath={.status.loadBalancer.ingress[0].ip}']
    const waitForAddress = ['wait', '--for=jsonpath={.status.loadBalancer.ingress[0].ip}', 'service/myapp']
    await instance.kubectlOk(waitForAddress)
    const url = `http://${await instance.kubectlOk(address)}:8099/api/v1/hello`
    const answer = await run('curl', [
      '-s',
      '--retry',
      '20',
      '--retry-connrefused',
      '--retry-delay',
      '1',
      '--max-time',
      '10',
      url,
    ])
    expect(answer.stdout).toBe('Hello World, This is version 1!')
  }

  test('down leaves nothing on the host; up finds every object and runs the pods again', async () => {
    const before = await hostState()
    const instance = await start()
    await instance.kubectlOk(['apply', '-f', '-'], application)
    await isReady(instance)
    const uidsOf = (kinds: string): Promise<string> =>
      instance.kubectlOk([
        'get',
        kinds,
        '-A',
        '-o',
        'custom-columns=N:.metadata.name,U:.metadata.uid',
        '--no-headers',
      ])
    const objects = await uidsOf('namespaces,deployments,services,configmaps,pods')
    const clusterIps = ['get', 'services', '-A', '-o', 'jsonpath={.items[*].spec.clusterIP}']
    const addresses = await instance.kubectlOk(clusterIps)
    const own = new Set(namespacesOf('self'))
    const pids = await processIds(instance)
    const inside = new Set(pids.flatMap((pid) => namespacesOf(String(pid))).filter((name) => !own.has(name)))
    expect(pids.length).toBeGreaterThan(5)
    expect(inside.size).toBeGreaterThan(5)
    // What the host keeps in /run (systemd's resolv.conf, programs) is there inside too.
    const supervisor = await findProcess(instance, 'supervisor')
    const kept = readdirSync('/run').filter((name) => !/^(netns|weft|host|mount|lock)$/.test(name))
    expect(readdirSync(`/proc/${supervisor?.pid}/root/run`)).toEqual(expect.arrayContaining(kept))

    expect((await instance.weft('down')).stdout).toContain('Weft is down')
    expect(await hostState()).toEqual(before)
    const left = allNamespaces()
    expect([...inside].filter((name) => left.has(name))).toEqual([])
    expect((await instance.kubectl(['get', 'nodes', '--request-timeout=5s'])).status).not.toBe(0)
    expect((await instance.weft('down')).status).toBe(0)

    expect((await instance.weft('up')).status).toBe(0)
    expect(await uidsOf('namespaces,deployments,services,configmaps,pods')).toBe(objects)
    expect(await instance.kubectlOk(clusterIps)).toBe(addresses)
    await isReady(instance)
    expect(await instance.kubectlOk(['get', 'pods', '-l', 'app=myapp', '--no-headers'])).toMatch(
      /^myapp-\S+\s+1\/1\s+Running\s+1 /,
    )
  })

  test('two homes side by side know nothing of each other', async () => {
    const [first] = instances
    if (first === undefined) throw new Error('the first instance did not start')
    const second = await start()
    expect(await second.gatewayUrl()).not.toBe(await first.gatewayUrl())
    expect(await second.kubectlOk(['get', 'deployments', '-o', 'name'])).toBe('')
    await second.kubectlOk(['apply', '-f', '-'], application)
    await isReady(second)
    await second.weft('down', '--purge')
    await isReady(first)
    expect(await first.kubectlOk(['get', 'configmap', 'kept', '-o', 'jsonpath={.data.a}'])).toBe('1')
  })
})
