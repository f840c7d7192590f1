/** `kill -9` of everything but the server, under traffic: the kubelet, the supervisor, an Envoy, an application. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startConnections } from './support/connections.ts'
import { request, startInstance, type Instance } from './support/instance.ts'
import { killProcess, processesOf } from './support/processes.ts'
import { startTrafficInPod } from './support/pod-traffic.ts'
import { applyShifting, programmed, version, virtualService } from './support/shifting.ts'
import { underTraffic, until } from './support/traffic.ts'

const ENVOY = '/envoy --config-path'
const APPLICATION = '/images/myapp/main.js'

describe('kill -9', () => {
  let instance: Instance
  let url: string
  beforeAll(async () => {
    instance = await startInstance()
    url = await applyShifting(instance)
  })
  afterAll(() => instance?.remove())

  /** `name restarts ready` of every container, the proxies (which are init containers that stay) first. */
  const containers = (label: string): Promise<string> => {
    const each = '{.name} {.restartCount} {.ready}{"\\n"}{end}'
    const of = (list: string): string => `{range .items[*].status.${list}[?(@.name!="istio-init")]}${each}`
    const path = `${of('initContainerStatuses')}${of('containerStatuses')}`
    return instance.kubectlOk(['get', 'pods', '-l', label, '-o', `jsonpath=${path}`])
  }

  /** How many processes run of what the pods consist of. */
  const running = async (): Promise<Readonly<Record<string, number>>> => {
    const commands = (await processesOf(instance)).map(({ command }) => command)
    const count = (part: string): number => commands.filter((command) => command.includes(part)).length
    return { envoys: count(ENVOY), applications: count(APPLICATION) }
  }

  const expected = { envoys: 3, applications: 2 }

  test.each(['node', 'supervisor'] as const)(
    'of the %s: pods go on serving, are found again, none is doubled, and the API server refuses no connection',
    async (part) => {
      expect(await running()).toEqual(expected)
      const pods = ['get', 'pods', '-A', '-o', 'jsonpath={.items[*].metadata.uid}']
      const before = await instance.kubectlOk(pods)
      const gateway = await processOfContainer(instance, 'istio-system/istio-ingressgateway', ENVOY)
      // Inside the cluster: the host's way in is a relay of the kubelet's, on sockets of the supervisor's.
      const traffic = startTrafficInPod(gateway, 'http://127.0.0.1:8080/api/v1/hello')
      const server = ['config', 'view', '-o', 'jsonpath={.clusters[0].cluster.server}']
      const connections = startConnections(await instance.kubectlOk(server))
      await killProcess(instance, part)
      await until(
        'the API server answers',
        async () => (await instance.kubectl(['get', 'nodes'])).status === 0,
      )
      // The kubelet is back when it can be asked for a log.
      const log = ['logs', 'deploy/myapp-v1', '-c', 'myapp', '--tail=1']
      await until('logs are read again', async () => (await instance.kubectl(log)).status === 0)
      await until('the host is let in again', async () => (await version(url).catch(() => '')) !== '')
      const { made, errors } = await connections.stop()
      expect(errors).toEqual([])
      expect(made).toBeGreaterThan(20)
      const { answered, failures } = await traffic.stop()
      expect(failures).toEqual([])
      expect(answered).toBeGreaterThan(20)
      expect(await instance.kubectlOk(pods)).toBe(before)
      expect(await running()).toEqual(expected)
      expect(await containers('app=myapp')).not.toMatch(/ [1-9]\d* | false/)
    },
  )

  test('of the supervisor: afterwards new rules and new pods come into being', async () => {
    await instance.kubectlOk(['apply', '-f', '-'], virtualService('myapp', '*', [{ subset: 'v2' }]))
    await until('the new rule is programmed', async () => (await programmed(instance)).startsWith('True'))
    expect(await version(url)).toBe('2')
    await underTraffic(url, async () => {
      await instance.kubectlOk(['scale', 'deployment/myapp-v1', '--replicas=2'])
      await instance.kubectlOk(['rollout', 'status', 'deployment/myapp-v1', '--timeout=60s'])
      await instance.kubectlOk(['scale', 'deployment/myapp-v1', '--replicas=1'])
      await until('the second pod is gone', async () => (await running())['applications'] === 2)
    })
  })

  test.each([
    ['an Envoy', 'istio-proxy', ENVOY],
    ['an application', 'myapp', APPLICATION],
  ])(
    'of %s: its container restarts, counted once, and serves again; other pods are not touched',
    async (_, name, part) => {
      // All traffic to version 2; version 1's process is killed.
      const [pod = ''] = (
        await instance.kubectlOk([
          'get',
          'pods',
          '-l',
          'version=v1',
          '-o',
          'jsonpath={.items[*].metadata.name}',
        ])
      ).split(' ')
      const restarts = async (): Promise<number> =>
        Number(new RegExp(`^${name} (\\d+) `, 'm').exec(await containers('version=v1'))?.[1])
      const before = await restarts()
      await underTraffic(url, async () => {
        const victim = await processOfContainer(instance, `default/${pod}/${name}`, part)
        process.kill(victim, 'SIGKILL')
        await until(`${name} was restarted`, async () => (await restarts()) === before + 1)
        await until('it is ready again', async () => !(await containers('version=v1')).includes('false'))
        await instance.kubectlOk(
          ['apply', '-f', '-'],
          virtualService('first', 'first.example', [{ subset: 'v1' }]),
        )
        await until(
          'it serves again',
          async () => (await request(url, { host: 'first.example' })).status === 200,
        )
      })
      expect(await restarts()).toBe(before + 1)
      expect(await running()).toEqual(expected)
      expect(await containers('version=v2')).not.toMatch(/ [1-9]\d* | false/)
    },
  )
})

/** The process of a container: the first with `part` in its command line after the container's own shell. */
const processOfContainer = async (instance: Instance, container: string, part: string): Promise<number> => {
  const processes = await processesOf(instance)
  const shell = processes.findIndex(({ command }) => command.startsWith(`sh -s ${container}`))
  const found = processes.slice(shell + 1).find(({ command }) => command.includes(part))
  if (shell < 0 || found === undefined) throw new Error(`no process of ${container}`)
  return found.pid
}
