import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
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
  // The instance may run as another user (WEFT_TEST_AS).
  await chmod(directory, 0o755)
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

test('every image of the catalogue starts', async () => {
  const listed: { readonly builtIn: readonly { readonly image: string }[] } = JSON.parse(
    (await instance.weft('image', 'ls', '-o', 'json')).stdout,
  )
  const args: Readonly<Record<string, readonly string[]>> = { 'curlimages/curl': ['--version'] }
  const env = [
    { name: 'COLOR', value: 'red' },
    { name: 'COLOR_HOST', value: 'color:8080' },
    { name: 'PORT', value: '8080' },
  ]
  const pods = listed.builtIn.map(({ image: given }, index) => {
    const image = given.replace(/:\*$/, '')
    const container = { name: 'program', image, env, args: args[image] ?? [] }
    const metadata = { name: `image-${index}`, labels: { test: 'catalogue' } }
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata,
      spec: { restartPolicy: 'Never', containers: [container] },
    }
  })
  expect(pods.length).toBeGreaterThan(25)
  await instance.kubectlOk(
    ['apply', '-f', '-'],
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items: pods }),
  )
  const phases = async (): Promise<readonly string[]> => {
    const columns = 'custom-columns=IMAGE:.spec.containers[0].image,PHASE:.status.phase'
    const table = await instance.kubectlOk([
      'get',
      'pods',
      '-l',
      'test=catalogue',
      '--no-headers',
      '-o',
      columns,
    ])
    return table.split('\n').map((line) => line.replaceAll(/ +/g, ' '))
  }
  await until('every program has started', async () =>
    (await phases()).every((line) => !line.endsWith(' Pending')),
  )
  // Whoever ends at once has done so by now: a shell without commands, and curl.
  await until(
    'the shells have ended',
    async () => (await phases()).filter((line) => line.endsWith(' Succeeded')).length >= 6,
  )
  expect((await phases()).filter((line) => !/ (Running|Succeeded)$/.test(line))).toEqual([])
  await instance.kubectlOk(['delete', 'pods', '-l', 'test=catalogue', '--wait=false'])
})

describe('demo', () => {
  const namespaceOf = (name: string): Promise<string> =>
    instance.kubectlOk(['get', 'namespace', name, '--ignore-not-found', '-o', 'name'])

  /** The last whole table of the output: requests by answer. */
  const lastCounts = (output: string, answers: number): Readonly<Record<string, number>> => {
    const tables = output.split('ANSWER').map((table) => table.split('\n').slice(1, -1))
    const rows = tables.findLast((lines) => lines.length >= answers)?.slice(0, answers) ?? []
    return Object.fromEntries(
      rows.map((row) => row.trim().split(/ {2,}/)).map((cells) => [cells[0], Number(cells.at(-1))]),
    )
  }

  test('a namespace that is the user’s stays untouched', async () => {
    await instance.kubectlOk(['create', 'namespace', 'dark-launch'])
    const { status, stderr } = await instance.weft('demo', 'dark-launch')
    expect(status).toBe(1)
    expect(stderr).toContain('kubectl delete namespace dark-launch')
    expect(await namespaceOf('dark-launch')).toBe('namespace/dark-launch')
  })

  test('shows the split as it goes; Ctrl-C ends it, and nothing is left', async () => {
    const options = ['--home', instance.home, 'demo', 'weighted-colors', '--requests', '0', '--rate', '500']
    const child = spawn(process.execPath, [command, ...options], { stdio: ['ignore', 'pipe', 'ignore'] })
    let output = ''
    child.stdout.on('data', (bytes: Buffer) => (output += bytes.toString()))
    const ended = once(child, 'exit')
    let counts: Readonly<Record<string, number>> = {}
    await until(
      () => `150 requests in ${output}`,
      () => {
        counts = lastCounts(output, 3)
        return Object.values(counts).reduce((sum, count) => sum + count, 0) >= 150
      },
    )
    expectSplit(counts, { green: 0.5, blue: 0.4, red: 0.1 })
    child.kill('SIGINT')
    expect(await ended).toEqual([130, null])
    expect(await namespaceOf('howto-k8s-http2')).toBe('')
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
