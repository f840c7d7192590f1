/** Services of every kind and the world outside, as an application beside its sidecar meets them. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { startInstance, type Instance } from './support/instance.ts'

const WAIT = { timeout: 20_000, interval: 300 }

/** An address of this host that is no loopback: outside, as the cluster sees it. */
const hostAddress = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address

const image = 'test/node:1'

const pod = (name: string, options: { readonly sidecar: boolean; readonly script: string }) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { app: name, 'sidecar.istio.io/inject': String(options.sidecar) } },
  spec: {
    terminationGracePeriodSeconds: 1,
    containers: [{ name: 'app', image, args: ['-e', options.script] }],
  },
})

const idle = 'setInterval(() => {}, 1e6)'

/** Prints the status and body of a GET, or the error's code. */
const getter = `
  const [host, port, authority] = process.argv.slice(1)
  const headers = authority === undefined ? {} : { host: authority }
  require('node:http').get({ host, port, headers, agent: false, timeout: 5000 }, (response) => {
    let body = ''
    response.on('data', (chunk) => (body += chunk))
    response.on('end', () => console.log(response.statusCode, body.trim()))
  }).on('error', (error) => console.log(error.code))`

describe('odd services and the outside', () => {
  let instance: Instance
  let outside: Server
  let outsidePort = 0
  beforeAll(async () => {
    outside = createServer((request, response) => response.end(`outside ${request.headers.host}`))
    await new Promise<void>((resolve) => void outside.listen(0, '0.0.0.0', resolve))
    outsidePort = (outside.address() as AddressInfo).port
    instance = await startInstance()
    await instance.weft('image', 'add', image, '--', process.execPath)
    const pods = [
      pod('client', { sidecar: true, script: idle }),
      pod('plain', { sidecar: false, script: idle }),
    ]
    await instance.kubectlOk(
      ['apply', '-f', '-'],
      JSON.stringify({ apiVersion: 'v1', kind: 'List', items: pods }),
    )
    await instance.kubectlOk(['wait', '--for=condition=Ready', 'pod', '--all', '--timeout=60s'])
  })
  afterAll(async () => {
    outside.close()
    await instance?.remove()
  })

  const get = (from: string, host: string, port: number, authority?: string): Promise<string> =>
    instance.kubectlOk([
      ...['exec', from, '-c', 'app', '--', process.execPath, '-e', getter, host, String(port)],
      ...(authority === undefined ? [] : [authority]),
    ])
  const lastLog = async (name: string): Promise<string> =>
    (await instance.kubectlOk(['logs', name, '-c', 'istio-proxy', '--tail=1'])).trim()

  test.skipIf(hostAddress === undefined)('pods reach the outside, with a sidecar and without', async () => {
    const address = hostAddress ?? ''
    expect(await get('plain', address, outsidePort)).toBe(`200 outside ${address}:${outsidePort}`)
    expect(await get('client', address, outsidePort)).toBe(`200 outside ${address}:${outsidePort}`)
    const line = new RegExp(String.raw`"${address}:${outsidePort}" PassthroughCluster `)
    await vi.waitFor(async () => expect(await lastLog('client')).toMatch(line), WAIT)
  })

  test.skipIf(hostAddress === undefined)('REGISTRY_ONLY keeps them in, without a restart', async () => {
    const address = hostAddress ?? ''
    const mesh = (mode: string): string =>
      JSON.stringify({
        data: { mesh: `accessLogFile: /dev/stdout\noutboundTrafficPolicy: {mode: ${mode}}\n` },
      })
    const configure = (mode: string): Promise<string> =>
      instance.kubectlOk(['patch', 'configmap', 'istio', '-n', 'istio-system', '-p', mesh(mode)])
    await configure('REGISTRY_ONLY')
    await vi.waitFor(async () => expect(await get('client', address, outsidePort)).toBe('ECONNRESET'), WAIT)
    expect(await get('plain', address, outsidePort)).toContain('200')
    await vi.waitFor(async () => expect(await lastLog('client')).toContain(' BlackHoleCluster '), WAIT)
    await configure('ALLOW_ANY')
    await vi.waitFor(async () => expect(await get('client', address, outsidePort)).toContain('200'), WAIT)
  })
})
