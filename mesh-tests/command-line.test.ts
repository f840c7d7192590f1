import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startInstance, type Instance } from './support/instance.ts'
import { expectSplit } from './support/split.ts'
import { until } from './support/traffic.ts'

let instance: Instance
let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'weft-command-line-'))
  instance = await startInstance()
})
afterAll(async () => {
  await instance?.remove()
  await rm(directory, { recursive: true, force: true })
})

const command = new URL('../dist/src/app/weft-main.js', import.meta.url).pathname

test('image add: the program runs in its directory with its variables, and the pod’s own win', async () => {
  await writeFile(
    join(directory, 'app.cjs'),
    'console.log(process.cwd(), process.env.A, process.env.B, process.env.PORT)',
  )
  const options = ['--workdir', directory, '--env', 'A=image', '--env', 'B=image', '--port', '3000']
  const added = await instance.weft('image', 'add', 'me/app:1', ...options, '--', process.execPath, 'app.cjs')
  expect(added).toMatchObject({ status: 0, stderr: '' })
  await instance.kubectlOk(['run', 'app', '--image=me/app:1', '--env=B=pod', '--restart=Never'])
  await until('the program has said it', async () => {
    const { stdout } = await instance.kubectl(['logs', 'app'])
    return stdout === `${directory} image pod 3000\n`
  })
})

test('logs: what the parts wrote, in the order of time', async () => {
  const { status, stdout } = await instance.weft('logs')
  expect(status).toBe(0)
  const times = stdout.split('\n').map((line) => line.split(' ')[0] ?? '')
  expect(times.filter((time) => time !== '')).toEqual(times.filter((time) => time !== '').toSorted())
  expect(stdout).toMatch(/^\S+ server {5}the API server answers address=/m)
  const last = await instance.weft('logs', 'server', '--tail', '1')
  expect(stdout).toContain(last.stdout)
  expect(last.stdout.trim().split('\n')).toHaveLength(1)
})

test('completion knows pods and mapped images', async () => {
  expect((await instance.weft('complete', '--', 'proxy-config', 'routes', 'istio-')).stdout).toMatch(
    /^istio-ingressgateway-\S+\.istio-system\n:pods\n$/,
  )
  expect((await instance.weft('complete', '--', 'image', 'rm', '')).stdout).toBe('me/app:1\n:images\n')
})

describe('demo', () => {
  const namespaceOf = (name: string): Promise<string> =>
    instance.kubectlOk(['get', 'namespace', name, '--ignore-not-found', '-o', 'name'])

  /** The last table of the output: requests by answer. */
  const countsOf = (output: string): Readonly<Record<string, number>> => {
    const rows = output.slice(output.lastIndexOf('ANSWER')).trim().split('\n').slice(1)
    return Object.fromEntries(
      rows.map((row) => row.trim().split(/ {2,}/)).map((cells) => [cells[0], Number(cells.at(-1))]),
    )
  }

  test('shows the split and leaves nothing behind', async () => {
    const { status, stdout } = await instance.weft(
      'demo',
      'weighted-colors',
      '--requests',
      '150',
      '--rate',
      '500',
    )
    expect(status).toBe(0)
    expectSplit(countsOf(stdout), { green: 0.5, blue: 0.4, red: 0.1 })
    expect(await namespaceOf('howto-k8s-http2')).toBe('')
  })

  test('a namespace that is the user’s stays untouched', async () => {
    await instance.kubectlOk(['create', 'namespace', 'dark-launch'])
    const { status, stderr } = await instance.weft('demo', 'dark-launch')
    expect(status).toBe(1)
    expect(stderr).toContain('kubectl delete namespace dark-launch')
    expect(await namespaceOf('dark-launch')).toBe('namespace/dark-launch')
  })

  test('Ctrl-C ends it, and nothing is left', async () => {
    const options = ['--home', instance.home, 'demo', 'traffic-shifting', '--requests', '0']
    const child = spawn(process.execPath, [command, ...options], { stdio: ['ignore', 'pipe', 'ignore'] })
    let output = ''
    child.stdout.on('data', (bytes: Buffer) => (output += bytes.toString()))
    const ended = once(child, 'exit')
    await until(
      () => `a table in ${output}`,
      () => output.includes('CONFIGURED'),
    )
    child.kill('SIGINT')
    expect(await ended).toEqual([130, null])
    expect(await namespaceOf('demo-traffic-shifting')).toBe('')
  })
})

test('reset: the objects are gone, images and kubeconfig stay', async () => {
  const { status, stdout } = await instance.weft('reset')
  expect(status).toBe(0)
  expect(stdout).toContain('up again')
  expect(await instance.kubectlOk(['get', 'pods', '-o', 'name'])).toBe('')
  expect(await instance.kubectlOk(['get', 'namespace', 'dark-launch', '--ignore-not-found'])).toBe('')
  expect((await instance.weft('image', 'ls')).stdout).toContain('me/app:1')
  expect(await instance.weft('url')).toMatchObject({ status: 0, stdout: expect.stringContaining('http://') })
})
