/** `weft up` and `weft down` interrupted, repeated, and on hosts where something stands in the way. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { instanceAddresses } from '../src/app/instance-addresses.ts'
import {
  openHome,
  run,
  startInstance,
  type Instance,
  type InstanceHome,
  type Output,
} from './support/instance.ts'
import { until } from './support/traffic.ts'

const homes: InstanceHome[] = []
const newHome = async (): Promise<InstanceHome> => {
  const home = await openHome()
  homes.push(home)
  return home
}

/** The processes whose command line names the home: all that an instance starts on its own behalf does. */
const processesOf = (home: string): readonly string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
        return line.includes(home) ? [`${pid} ${line.slice(0, 120)}`] : []
      } catch {
        return []
      }
    })

afterAll(async () => {
  for (const home of homes) await home.remove()
})

describe('an interrupted start', () => {
  test.each([
    ['when the processes start', 'Envoy'],
    ['when the API server answers', 'API server answers'],
  ])('Ctrl-C %s takes everything back', async (_, line) => {
    const { home, weft, command } = await newHome()
    const { file, parameters, env } = command('up')
    const child = spawn(file, parameters, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    })
    let said = ''
    let interrupted = false
    child.stderr.on('data', (bytes: Buffer) => {
      said += bytes.toString()
      if (interrupted || !said.includes(line)) return
      interrupted = true
      child.kill('SIGINT')
    })
    const [status] = (await once(child, 'close')) as [number | null]
    expect(said).toContain('Interrupted.')
    expect(said).not.toContain('Ingress gateway answers')
    expect(status).toBe(130)
    await until('no process is left', () => processesOf(home).length === 0, 10)
    expect((await weft('down')).stdout).toContain('Weft was not running.')
  })

  test('afterwards it starts as ever, and down twice is no fault', async () => {
    const { home, weft } = homes[0] ?? (await newHome())
    expect(await weft('up')).toMatchObject({ status: 0 })
    expect(await weft('down')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('Weft is down.'),
    })
    expect(processesOf(home)).toEqual([])
    const again = await weft('down')
    expect(again).toMatchObject({ status: 0, stdout: expect.stringContaining('Weft was not running.') })
  })
})

describe('a running instance', () => {
  let instance: Instance
  beforeAll(async () => {
    instance = await startInstance()
  })
  afterAll(() => instance?.remove())

  test('up again says that it is up, and changes no process', async () => {
    const before = processesOf(instance.home)
    const again = await instance.weft('up')
    expect(again).toMatchObject({ status: 0, stdout: expect.stringContaining('Weft is already up.') })
    expect(processesOf(instance.home)).toEqual(before)
  })

  test('a broken config.json is told by name, and down and up mend it', async () => {
    expect((await instance.weft('down')).status).toBe(0)
    await writeFile(join(instance.home, 'config.json'), '{"envoyBinary": ')
    await writeFile(join(instance.home, 'instance.json'), '{"pid": ')
    expect(await instance.weft('up')).toMatchObject({ status: 0 })
    expect((await instance.kubectl(['get', 'nodes'])).stdout).toContain('Ready')
  })
})

describe('a host where something stands in the way', () => {
  test('an address in use: the message names it, nothing is left', async () => {
    const { home, weft } = await newHome()
    const { host, port } = apiAddress(home)
    const other = createServer()
    other.listen(port, host)
    await once(other, 'listening')
    try {
      const up = await weft('up')
      expect(up.status).toBe(1)
      expect(up.stderr).toContain(`${host}:${port} is in use on this host by another program`)
      expect(up.stderr).toContain('host-port-in-use')
      expect(processesOf(home)).toEqual([])
    } finally {
      other.close()
    }
    expect(await weft('up')).toMatchObject({ status: 0 })
  })

  test('doctor says what is there; where the kernel forbids namespaces, up and doctor say the same words', async () => {
    const { weft } = await newHome()
    const healthy = await weft('doctor', '-o', 'json')
    expect(healthy.status).toBe(0)
    const { canRun, findings } = JSON.parse(healthy.stdout) as {
      readonly canRun: boolean
      readonly findings: readonly { readonly check: string; readonly level: string }[]
    }
    expect(canRun).toBe(true)
    const checks = findings.filter(({ level }) => level === 'ok').map(({ check }) => check)
    expect(checks).toEqual(expect.arrayContaining(['Node.js', 'nft', 'unshare', 'Envoy', 'home']))

    const directory = await mkdtemp(join(tmpdir(), 'weft-poor-'))
    // A user namespace that allows no others, and in it a process without capabilities.
    const poor = `echo 0 >/proc/sys/user/max_user_namespaces
exec setpriv --inh-caps -all --bounding-set -all -- "$@"`
    const script = new URL('../dist/src/app/weft-main.js', import.meta.url).pathname
    const inPoverty = (command: string): Promise<Output> =>
      run('unshare', [
        ...['--user', '--map-root-user', 'sh', '-ec', poor, 'sh'],
        ...[process.execPath, script, '--home', join(directory, 'home'), command],
      ])
    const words = 'sudo sysctl user.max_user_namespaces=10000'
    const up = await inPoverty('up')
    expect([up.status, up.stderr]).toEqual([1, expect.stringContaining('user namespaces do not work')])
    expect(up.stderr).toContain(words)
    expect(up.stderr).toContain('host-requirements')
    const doctor = await inPoverty('doctor')
    expect([doctor.status, doctor.stdout]).toEqual([1, expect.stringContaining(words)])
    expect(doctor.stdout).toContain('Weft cannot run here')
    expect(processesOf(directory)).toEqual([])
    await rm(directory, { recursive: true })
  })

  test('an instance that cannot be written down is not left running', async () => {
    const { home, weft } = await newHome()
    await mkdir(join(home, 'instance.json'))
    expect((await weft('up')).status).toBe(1)
    await until('no process is left', () => processesOf(home).length === 0, 10)
    await rm(join(home, 'instance.json'), { recursive: true })
  })

  test('a missing tool: the message says what to install, nothing was started', async () => {
    const { home, command } = await newHome()
    const directory = await mkdtemp(join(tmpdir(), 'weft-path-'))
    try {
      // Hidden in a mount namespace of the test's own: neither nft nor a way to install it.
      const nothing = join(directory, 'nothing')
      await writeFile(nothing, '')
      const hide = ['nft', 'apt-get'].map(
        (name) => `if path=$(command -v ${name}); then mount --bind ${nothing} $(readlink -f $path); fi`,
      )
      const { file, parameters, env } = command('up')
      const words = ['sh', '-ec', [...hide, 'exec "$@"'].join('\n'), 'sh', file, ...parameters]
      const up = await run('unshare', ['--mount', ...words], {
        env: { ...env, PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
      })
      expect(up.status).toBe(1)
      expect(up.stderr).toContain('this host lacks nft')
      expect(up.stderr).toContain('apt-get install -y nftables')
      expect(up.stderr).toContain('host-requirements')
      expect(existsSync(join(home, 'store'))).toBe(false)
      expect(processesOf(home)).toEqual([])
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  })
})

const apiAddress = (home: string): { readonly host: string; readonly port: number } => {
  const { api, apiPort } = instanceAddresses(home)
  return { host: api, port: apiPort }
}
