// `npm test`: the static checks, then every test; the last line counts them: `N passed, N failed`.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureHostRequirements } from '../src/app/host-requirements.ts'
import { findEnvoy } from '../src/proxy/envoy-binary.ts'

const run = (command, parameters) =>
  new Promise((resolve) => {
    const child = spawn(command, parameters, { stdio: 'inherit' })
    child.on('error', () => resolve(1))
    child.on('close', (status) => resolve(status ?? 1))
  })

const checks = ['typecheck', 'lint', 'format:check', 'layers', 'dead']
const counts = { passed: 0, failed: 0, skipped: 0 }

const check = async (name) => {
  console.log(`\n== ${name}`)
  const status = await run('npm', ['run', '--silent', name])
  if (status === 0) counts.passed += 1
  else counts.failed += 1
}

const tests = async (project, directory) => {
  console.log(`\n== tests: ${project}`)
  const report = join(directory, `${project}.json`)
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const status = await run('npx', ['--no-install', 'vitest', 'run', '--project', project, ...reporters])
  try {
    const result = JSON.parse(readFileSync(report, 'utf8'))
    counts.passed += result.numPassedTests
    counts.failed += result.numFailedTests
    counts.skipped += result.numPendingTests
    // A file that does not load, or an error outside a test, fails the run without failing a test.
    if (status !== 0 && result.numFailedTests === 0) counts.failed += 1
    if (result.numPassedTests + result.numFailedTests === 0) counts.failed += 1
  } catch {
    counts.failed += 1
  }
}

/** Whether the project `mesh-user` can run: root becomes an ordinary user there, whom the kernel must allow namespaces. */
const allowsUserNamespaces = async () => {
  const words = [
    '--reuid',
    '47110',
    '--regid',
    '47110',
    '--clear-groups',
    'unshare',
    '-Urmnpf',
    '--mount-proc',
    'true',
  ]
  return (await run('setpriv', words)) === 0
}

// Tests run what users run: the host's tools and the pinned Envoy, both fetched when they are not there.
const { signal } = new AbortController()
const isRoot = process.getuid?.() === 0
await ensureHostRequirements({ searchPath: process.env['PATH'] ?? '', say: console.log }, signal)
const envoy = await findEnvoy(
  {
    configured: process.env['WEFT_ENVOY'],
    env: process.env,
    cacheDirectory: join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'weft'),
    platform: process.platform,
    arch: process.arch,
    onProgress: console.log,
  },
  signal,
)
process.env['WEFT_ENVOY'] = envoy.path
console.log(`Envoy ${envoy.version}`)

const directory = mkdtempSync(join(tmpdir(), 'weft-tests-'))
try {
  for (const name of checks) await check(name)
  for (const project of ['unit', 'mesh']) await tests(project, directory)
  // Whoever is no root has run all of them as an ordinary user.
  if (!isRoot) console.log('\n== tests: mesh-user: the tests above ran as an ordinary user')
  else if (await allowsUserNamespaces()) await tests('mesh-user', directory)
  else console.log('\n== tests: mesh-user: passed over, this host allows ordinary users no namespaces')
} finally {
  rmSync(directory, { recursive: true, force: true })
}
if (counts.skipped > 0) console.log(`\n${counts.skipped} skipped (the reasons are named above)`)
console.log(`\n${counts.passed} passed, ${counts.failed} failed`)
process.exitCode = counts.failed === 0 ? 0 : 1
