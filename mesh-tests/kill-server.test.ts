import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { connectCluster, type ClusterClient } from '../src/cluster/cluster-client.ts'
import { request, startInstance, walkthroughFile, type Instance } from './support/instance.ts'

/** How often the server is killed; `WEFT_KILLS=200` for the long run. */
const kills = Number(process.env['WEFT_KILLS'] ?? 15)
const configMaps = { group: '', version: 'v1', plural: 'configmaps' }

interface Kubeconfig {
  readonly clusters: readonly { readonly cluster: Record<string, string> }[]
  readonly users: readonly { readonly user: Record<string, string> }[]
}

const decode = (text: string | undefined): string => Buffer.from(text ?? '', 'base64').toString()

const connect = (instance: Instance): ClusterClient => {
  const config: Kubeconfig = parse(readFileSync(join(instance.home, 'kubeconfig'), 'utf8'))
  const cluster = config.clusters[0]?.cluster
  const user = config.users[0]?.user
  return connectCluster({
    server: cluster?.['server'] ?? '',
    certificateAuthority: decode(cluster?.['certificate-authority-data']),
    clientCertificate: decode(user?.['client-certificate-data']),
    clientKey: decode(user?.['client-key-data']),
  })
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))

describe('kill -9 of the server under writes', () => {
  let instance: Instance
  beforeAll(async () => {
    instance = await startInstance()
    await instance.kubectlOk(['label', 'namespace', 'default', 'istio-injection=enabled'])
    for (const name of ['myapp.yaml', 'myapp-dr.yaml', 'myapp-gateway.yaml']) {
      await instance.kubectlOk([
        'apply',
        '-f',
        walkthroughFile(`001-traffic-shifting/${name}`, `traffic-shifting/${name}`),
      ])
    }
    for (const version of ['v1', 'v2']) {
      await instance.kubectlOk(['rollout', 'status', `deployment/myapp-${version}`, '--timeout=60s'])
    }
    await instance.kubectlOk(['wait', '--for=condition=Programmed', 'virtualservice/myapp', '--timeout=60s'])
  })
  afterAll(() => instance?.remove())

  const serverPid = async (): Promise<number | undefined> => {
    const status = JSON.parse((await instance.weft('status', '-o', 'json')).stdout) as {
      readonly processes: readonly { readonly pid: number; readonly command: string }[]
    }
    return status.processes.find(({ command }) => command.includes('server-main.js'))?.pid
  }

  test(
    `${kills} times: nothing acknowledged is lost, and traffic goes on`,
    { timeout: 120_000 + kills * 15_000 },
    async () => {
      const client = connect(instance)
      const began = performance.now()
      const url = `${await instance.gatewayUrl()}/api/v1/hello`
      const acknowledged = new Map<string, string>()
      let unknownOutcomes = 0
      let running = true
      const failures: string[] = []

      const write = async (writer: number): Promise<void> => {
        for (let count = 0; running; count += 1) {
          const name = `kill-${writer}-${count}`
          const object = {
            apiVersion: 'v1',
            kind: 'ConfigMap',
            metadata: { name, namespace: 'default' },
            data: { count: String(count) },
          }
          try {
            await client.create(configMaps, object)
            acknowledged.set(name, String(count))
          } catch {
            unknownOutcomes += 1
            await pause(5)
          }
        }
      }
      const serve = async (): Promise<number> => {
        let answered = 0
        for (; running; answered += 1) {
          const answer = await request(url).catch((error: unknown) => ({ status: String(error) }))
          if (answer.status !== 200) failures.push(String(answer.status))
          await pause(5)
        }
        return answered
      }
      const work = [write(0), write(1), write(2)]
      const traffic = serve()
      for (let kill = 0; kill < kills; kill += 1) {
        const before = acknowledged.size
        const pid = await serverPid()
        if (pid !== undefined) process.kill(pid, 'SIGKILL')
        // The next kill comes when writes are acknowledged again, so that each kill meets writes under way.
        while (acknowledged.size < before + 10) await pause(10)
      }
      running = false
      await Promise.all(work)
      const answered = await traffic
      const found = await client.list(configMaps, { namespace: 'default' })
      const values = new Map(
        found.items.map((item) => [
          item.metadata.name,
          (item as { data?: Record<string, string> }).data?.['count'],
        ]),
      )
      const lost = [...acknowledged].filter(([name, value]) => values.get(name) !== value)
      expect(lost).toEqual([])
      expect(unknownOutcomes).toBeGreaterThan(0)
      expect(answered).toBeGreaterThan(kills)
      expect(failures).toEqual([])
      client.close()
      console.log(
        `${kills} kills in ${((performance.now() - began) / 1000).toFixed(0)} s: ${acknowledged.size} writes acknowledged, ${lost.length} lost; ${answered} requests answered, ${failures.length} failed`,
      )
    },
  )

  test('afterwards the control plane still changes routes', async () => {
    const patch =
      '[{"op":"replace","path":"/spec/http/0/route/0/weight","value":0},{"op":"replace","path":"/spec/http/0/route/1/weight","value":100}]'
    await instance.kubectlOk(['patch', 'virtualservice', 'myapp', '--type=json', '-p', patch])
    await instance.kubectlOk(['wait', '--for=condition=Programmed', 'virtualservice/myapp', '--timeout=60s'])
    const answer = await request(`${await instance.gatewayUrl()}/api/v1/hello`)
    expect(answer.body).toContain('version 2')
  })
})
