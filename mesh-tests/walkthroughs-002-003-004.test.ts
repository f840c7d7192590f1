import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { request, run, startInstance, walkthroughFile, type Instance } from './support/instance.ts'
import { countAnswers, expectSplit } from './support/split.ts'
import { until } from './support/traffic.ts'

let instance: Instance
let gateway: string
beforeAll(async () => {
  instance = await startInstance()
  gateway = await instance.gatewayUrl()
})
afterAll(() => instance?.remove())

const programmed = (object: string, namespace = 'default'): Promise<string> =>
  instance.kubectlOk(['wait', '-n', namespace, '--for=condition=Programmed', object, '--timeout=60s'])

const rolledOut = async (names: readonly string[], namespace = 'default'): Promise<void> => {
  for (const name of names)
    await instance.kubectlOk(['rollout', 'status', '-n', namespace, `deployment/${name}`, '--timeout=60s'])
}

describe('walkthrough 004: weighted colors with kube-inject', () => {
  const file = (published: string, own: string): string =>
    walkthroughFile(`004-weighted-colors/${published}`, `color-tally/${own}`)
  const shares = { crimson: 0.1, lightseagreen: 0.3, indigo: 0.6 }

  const view = async (): Promise<string> => {
    const { status, body } = await request(`${gateway}/colors`)
    return status === 200 ? (/background-color: (\w+)/.exec(body)?.[1] ?? body) : `status ${status}`
  }
  const tally = async (): Promise<unknown> => JSON.parse((await request(`${gateway}/data`)).body)

  test('kube-inject | kubectl apply -f - gives every pod its sidecar in a namespace without label', async () => {
    const injected = await instance.weft('kube-inject', '-f', file('deployment.yaml', 'app.yaml'))
    expect(injected).toMatchObject({ status: 0, stderr: '' })
    await instance.kubectlOk(['apply', '-f', file('services.yaml', 'app.yaml')])
    await instance.kubectlOk(['apply', '-f', '-'], injected.stdout)
    await instance.kubectlOk(['apply', '-f', file('gateway.yaml', 'gateway.yaml')])
    await instance.kubectlOk(['apply', '-f', file('virtualservice.yaml', 'gateway.yaml')])
    await rolledOut(['colors-v1', 'colors-v2', 'colors-v3', 'logger-backend', 'logger-frontend'])
    // Where the files are our own, the first of the applies made pods without sidecar: they go.
    await until('only pods with sidecar', async () => {
      const pods = await instance.kubectlOk(['get', 'pods', '--no-headers'])
      return pods.split('\n').every((line) => /\s2\/2\s+Running\s/.test(line))
    })
  })

  test('without weights the colors share evenly; the page has the tally', async () => {
    await programmed('virtualservice/colors')
    expect((await request(`${gateway}/`)).body).toContain('Delete Logs')
    const counts = await countAnswers(150, view)
    expectSplit(counts, { crimson: 1 / 3, lightseagreen: 1 / 3, indigo: 1 / 3 })
    await expect.poll(tally, { timeout: 10_000 }).toEqual(counts)
  })

  test('with weights 10/30/60, after Delete Logs', async () => {
    await instance.kubectlOk(['apply', '-f', file('destinationrule.yaml', 'weights.yaml')])
    await programmed('virtualservice/colors')
    expect((await run('curl', ['-sf', '-X', 'DELETE', `${gateway}/data`])).stdout).toBe('OK')
    const counts = await countAnswers(400, view)
    expectSplit(counts, shares)
    await expect.poll(tally, { timeout: 10_000 }).toEqual(counts)
  })
})
