import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { request, startInstance, walkthroughFile, type Instance } from './support/instance.ts'
import { countAnswers, expectSplit } from './support/split.ts'

const namespace = ['-n', 'howto-k8s-http2']

/** The application of the walkthrough without the kinds of App Mesh, which nothing serves here. */
const application = (): string => {
  const path = walkthroughFile('000-appmesh-to-istio/1-appmesh-manifest.yaml', 'weighted-colors/app.yaml')
  expect(existsSync(path)).toBe(true)
  const objects = parseAllDocuments(readFileSync(path, 'utf8'))
    .map((document) => document.toJS() as { readonly apiVersion?: string } | null)
    .filter((object) => object !== null && !object.apiVersion?.startsWith('appmesh.'))
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects })
}

/** `kubectl port-forward` on a free port; resolves with the port when it listens. */
const portForward = async (
  instance: Instance,
  target: string,
): Promise<{ readonly port: number; readonly process: ChildProcess }> => {
  const process_ = spawn('kubectl', ['port-forward', ...namespace, target, ':8080'], {
    env: { ...process.env, KUBECONFIG: join(instance.home, 'kubeconfig') },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line]: readonly Buffer[] = await once(process_.stdout, 'data')
  const port = Number(/127\.0\.0\.1:(\d+)/.exec(String(line))?.[1])
  expect(port).toBeGreaterThan(0)
  return { port, process: process_ }
}

describe('walkthrough 000: colors over h2c', () => {
  let instance: Instance
  let forward: { readonly port: number; readonly process: ChildProcess } | undefined
  beforeAll(async () => {
    instance = await startInstance()
  })
  afterAll(async () => {
    forward?.process.kill()
    await instance?.remove()
  })

  const colors = (requests: number): Promise<Readonly<Record<string, number>>> =>
    countAnswers(requests, async () => {
      const answer = await request(`http://127.0.0.1:${forward?.port}/color`)
      return answer.status === 200 ? answer.body.trim() : `status ${answer.status}`
    })

  test('without rules the three colors share evenly', async () => {
    const { kubectlOk } = instance
    await kubectlOk(['apply', '-f', '-'], application())
    await kubectlOk(['label', 'namespace', 'howto-k8s-http2', 'istio-injection=enabled'])
    const selector = '[{"op":"add","path":"/spec/selector","value":{"app":"color"}}]'
    await kubectlOk(['patch', 'service', 'color', ...namespace, '--type=json', '-p', selector])
    await kubectlOk(['rollout', 'restart', 'deployment', ...namespace])
    for (const name of ['client', 'red', 'blue', 'green']) {
      await kubectlOk(['rollout', 'status', `deployment/${name}`, ...namespace, '--timeout=60s'])
    }
    forward = await portForward(instance, 'deployment/client')
    expectSplit(await colors(300), { red: 1 / 3, blue: 1 / 3, green: 1 / 3 })
  })

  test('DestinationRule and VirtualService split 50/40/10', async () => {
    const { kubectlOk } = instance
    const rule = walkthroughFile(
      '000-appmesh-to-istio/3-istio-destinationrule.yaml',
      'weighted-colors/destination-rule.yaml',
    )
    const route = walkthroughFile(
      '000-appmesh-to-istio/4-istio-virtualservice.yaml',
      'weighted-colors/virtual-service.yaml',
    )
    await kubectlOk(['apply', '-f', rule, '-f', route])
    await kubectlOk([
      'wait',
      ...namespace,
      '--for=condition=Programmed',
      'virtualservice/color-virtual-service',
      '--timeout=30s',
    ])
    expectSplit(await colors(400), { green: 0.5, blue: 0.4, red: 0.1 })
  })
})
