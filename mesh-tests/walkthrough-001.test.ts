import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { balancerUrl, request, startInstance, walkthroughFile, type Instance } from './support/instance.ts'
import { findProcess, processesOf } from './support/processes.ts'
import { countAnswers, expectSplit } from './support/split.ts'

describe('walkthrough 001: traffic shifting', () => {
  let instance: Instance
  const file = (name: string): string =>
    walkthroughFile(`001-traffic-shifting/${name}`, `traffic-shifting/${name}`)

  beforeAll(async () => {
    instance = await startInstance()
  })
  afterAll(() => instance?.remove())

  const countVersions = async (requests: number): Promise<Readonly<Record<string, number>>> => {
    const url = `${await instance.gatewayUrl()}/api/v1/hello`
    return countAnswers(requests, async () => {
      const answer = await request(url)
      return answer.status === 200 ? answer.body.trim() : `status ${answer.status}`
    })
  }

  test('as published: label, apply, wait for Programmed, 400 requests split 75/25', async () => {
    const { kubectlOk } = instance
    await kubectlOk(['label', 'namespace', 'default', 'istio-injection=enabled'])
    const files = ['myapp.yaml', 'myapp-dr.yaml', 'myapp-gateway.yaml'].flatMap((name) => ['-f', file(name)])
    await kubectlOk(['apply', ...files])
    expect(
      await kubectlOk(['wait', '--for=condition=Programmed', 'virtualservice/myapp', '--timeout=60s']),
    ).toContain('condition met')
    await kubectlOk(['rollout', 'status', 'deployment/myapp-v1', '--timeout=60s'])
    await kubectlOk(['rollout', 'status', 'deployment/myapp-v2', '--timeout=60s'])
    const pods = await kubectlOk(['get', 'pods', '--no-headers'])
    expect(pods.split('\n').map((line) => line.split(/\s+/).slice(1, 3))).toEqual([
      ['2/2', 'Running'],
      ['2/2', 'Running'],
    ])
    const ip = await kubectlOk([
      ...['-n', 'istio-system', 'get', 'service', 'istio-ingressgateway'],
      ...['-o', 'jsonpath={.status.loadBalancer.ingress[0].ip}'],
    ])
    expect(balancerUrl(ip)).toBe(await instance.gatewayUrl())
    expectSplit(await countVersions(400), {
      'Hello World, This is version 1!': 0.75,
      'Hello World, This is version 2!': 0.25,
    })
  })

  const setWeights = (v1: number, v2: number): Promise<string> => {
    const weights = JSON.stringify([
      { op: 'replace', path: '/spec/http/0/route/0/weight', value: v1 },
      { op: 'replace', path: '/spec/http/0/route/1/weight', value: v2 },
    ])
    return instance.kubectlOk(['patch', 'virtualservice', 'myapp', '--type=json', '-p', weights])
  }
  const waitFor = (seconds: number): readonly string[] => [
    ...['wait', '--for=condition=Programmed', 'virtualservice/myapp', `--timeout=${seconds}s`],
  ]

  test('a changed weight is live when the condition says so: not one old answer in 100', async () => {
    for (const [v1, v2, only] of [
      [0, 100, '2'],
      [100, 0, '1'],
    ] as const) {
      await setWeights(v1, v2)
      await instance.kubectlOk(waitFor(30))
      expect(await countVersions(100)).toEqual({ [`Hello World, This is version ${only}!`]: 100 })
    }
  })

  test('so it is after kill -9 of the server, as long as the proxies go by what they had', async () => {
    const server = await findProcess(instance, 'server')
    const proxies = (await processesOf(instance)).filter(({ command }) =>
      command.includes('/envoy --config-path'),
    )
    expect(proxies).toHaveLength(3)
    if (server === undefined) throw new Error('there is no server to kill')
    // Stopped proxies cannot come back: what the condition says meanwhile does not depend on who is faster.
    for (const { pid } of proxies) process.kill(pid, 'SIGSTOP')
    try {
      process.kill(server.pid, 'SIGKILL')
      await setWeights(0, 100)
      expect((await instance.kubectl(waitFor(4))).status).not.toBe(0)
      const said = await instance.kubectlOk([
        ...['get', 'virtualservice', 'myapp', '-o'],
        'jsonpath={.status.conditions[?(@.type=="Programmed")].message}',
      ])
      expect(said).toMatch(
        /^0\/3 proxies acknowledged generation \d+; 3 running proxies have not connected: /,
      )
    } finally {
      for (const { pid } of proxies) process.kill(pid, 'SIGCONT')
    }
    await instance.kubectlOk(waitFor(30))
    expect(await countVersions(100)).toEqual({ 'Hello World, This is version 2!': 100 })
  })

  test('other paths are 404 as in Istio; kubectl shows Istio’s columns', async () => {
    expect((await request(`${await instance.gatewayUrl()}/other`)).status).toBe(404)
    const table = await instance.kubectlOk(['get', 'vs'])
    expect(table.split('\n')[0]?.split(/\s{2,}/)).toEqual(['NAME', 'GATEWAYS', 'HOSTS', 'AGE'])
    expect(table.split('\n')[1]).toMatch(/^myapp\s+\["myapp-gateway"\]\s+\["\*"\]\s+\d+s/)
  })
})
