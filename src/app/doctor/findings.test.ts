import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { HostUser } from '../host-user.ts'
import { namespaceFinding, type NamespaceSettings, type Trial } from './namespace-findings.ts'
import { lowPortsFinding, portFindings } from './port-findings.ts'
import { nodeFinding, requiredProgramFindings } from './program-findings.ts'
import { cgroupFinding, diskFinding, homeFinding, memoryFinding } from './resource-findings.ts'

const ada: HostUser = { uid: 1000, gid: 1000, name: 'ada', isPrivileged: false }
const root: HostUser = { uid: 0, gid: 0, name: 'root', isPrivileged: true }
const open: NamespaceSettings = { clone: '1', most: '60000', apparmor: undefined, isFiltered: false }
const refused: Trial = { step: 'making namespaces', complaint: 'unshare: unshare failed: EPERM' }

describe('namespaces', () => {
  test('an instance’s first steps succeed: nothing to advise', () => {
    const done: Trial = { step: undefined, complaint: '' }
    expect(namespaceFinding(ada, done, open)).toEqual({
      ...{ check: 'user namespaces', level: 'ok', message: 'allowed to ordinary users' },
    })
    expect(namespaceFinding(root, done, open)).toMatchObject({ check: 'namespaces', level: 'ok' })
  })

  test.each<[string, HostUser, Partial<NamespaceSettings>, string]>([
    ['none are allowed', ada, { most: '0' }, 'sudo sysctl user.max_user_namespaces=10000'],
    ['Debian’s switch is off', ada, { clone: '0' }, 'sudo sysctl kernel.unprivileged_userns_clone=1'],
    ['AppArmor restricts', ada, { apparmor: '1' }, 'kernel.apparmor_restrict_unprivileged_userns=0'],
    ['a container’s filter', ada, { isFiltered: true }, '--security-opt seccomp=unconfined'],
    ['nothing says why', ada, {}, 'Landlock, SELinux'],
    ['root in a container', root, { isFiltered: true }, '--privileged'],
  ])('%s: what to switch on', (_name, user, settings, advice) => {
    const finding = namespaceFinding(user, refused, { ...open, ...settings })
    expect(finding.level).toBe('missing')
    expect(finding.message).toContain('making namespaces fails: unshare: unshare failed: EPERM')
    expect(finding.advice).toContain(advice)
  })
})

test.each([
  ['20.19.0', 'ok'],
  ['22.1.0', 'ok'],
  ['20.18.3', 'missing'],
  ['18.20.4', 'missing'],
])('Node.js %s: %s', (version, level) => {
  expect(nodeFinding(version).level).toBe(level)
})

test('a required program that is not there is named with its package', () => {
  const findings = requiredProgramFindings('/nowhere')
  // Only what the system's own directories (/usr/sbin, /sbin) lack is missing on such a path.
  for (const { check, level, message, advice } of findings.filter((each) => each.level !== 'ok')) {
    expect([level, message]).toEqual(['missing', expect.stringContaining(`this host lacks ${check} (`)])
    expect(advice).toMatch(/sudo apt-get install -y [a-z-]+/)
  }
  expect(findings.find(({ check }) => check === 'unshare')?.level).toBe('missing')
})

test.each([
  [1, 'ok'],
  [80, 'ok'],
  [1024, 'warning'],
])('ports from %i on: %s', (lowest, level) => {
  expect(lowPortsFinding(lowest).level).toBe(level)
})

test('little memory and a full disk are warnings, with how much is wanted', () => {
  expect(memoryFinding('MemTotal: 9 kB\nMemAvailable:    2097152 kB\n').level).toBe('ok')
  expect(memoryFinding('MemAvailable:    524288 kB\n')).toMatchObject({
    level: 'warning',
    message: '512 MiB available',
    advice: expect.stringContaining('1024 MiB'),
  })
  expect(diskFinding('/home', 2 ** 30).level).toBe('ok')
  expect(diskFinding('/home', 2 ** 20)).toMatchObject({ level: 'warning', message: '1 MiB free in /home' })
})

test('a home of somebody else’s, and one that is still to be made', () => {
  const directory = mkdtempSync(join(tmpdir(), 'weft-doctor-'))
  try {
    const owner = { ...ada, uid: process.getuid?.() ?? 0 }
    expect(homeFinding(directory, owner).level).toBe('ok')
    expect(homeFinding(join(directory, 'a/b'), owner).level).toBe('ok')
    expect(homeFinding(directory, { ...ada, uid: 4711, gid: 4712 })).toMatchObject({
      level: 'missing',
      advice: expect.stringContaining(`sudo chown -R 4711:4712 ${directory}`),
    })
  } finally {
    rmSync(directory, { recursive: true })
  }
})

test('a host without control groups is a warning', () => {
  expect(cgroupFinding({ mount: '/nowhere', own: '0::/' }).level).toBe('warning')
})

test('ports in use: the API server’s is missing, the gateway’s a warning, both with what to do', async () => {
  const [api, gateway] = [createServer(), createServer()]
  api.listen(0, '127.250.0.1')
  gateway.listen(18_080, '127.250.0.129')
  await Promise.all([once(api, 'listening'), once(gateway, 'listening')])
  const { port: apiPort } = api.address() as AddressInfo
  const addresses = { api: '127.250.0.1', apiPort, loadBalancerRange: '127.250.0.128/25' }
  try {
    const findings = await portFindings(addresses, [], 10_000)
    expect(findings.map(({ check, level }) => [check, level])).toEqual([
      [`127.250.0.1:${apiPort}`, 'missing'],
      ['127.250.0.129:18080', 'warning'],
    ])
    for (const { message, advice } of findings) {
      expect(message).toContain('is in use on this host by another program')
      expect(advice).toContain('ss -ltnp')
    }
  } finally {
    api.close()
    gateway.close()
  }
})
