/** Against directories that look like cgroupfs; mesh-tests/node-pods.test.ts uses the kernel's. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openCgroupPlaces, removeCgroupPlaces } from './cgroup-places.ts'
import { limitsOf, openCgroupTree } from './cgroup-tree.ts'

let mount: string

beforeEach(() => {
  mount = mkdtempSync(join(tmpdir(), 'weft-cgroups-'))
})
afterEach(() => rmSync(mount, { recursive: true }))

const versionTwo = (...directories: readonly string[]): void => {
  writeFileSync(join(mount, 'cgroup.controllers'), 'cpu memory')
  for (const directory of directories) {
    mkdirSync(join(mount, directory), { recursive: true })
    writeFileSync(join(mount, directory, 'cgroup.subtree_control'), '')
  }
}

const text = (...path: readonly string[]): string => readFileSync(join(mount, ...path), 'utf8')

test.each([
  [
    { memory: '64Mi', cpu: '250m' },
    { memoryBytes: 67_108_864, cpuMillis: 250 },
  ],
  [{ memory: '1G' }, { memoryBytes: 1_000_000_000 }],
  [{ cpu: 2 }, { cpuMillis: 2000 }],
  [{ 'ephemeral-storage': '1Gi' }, undefined],
  [{}, undefined],
])('limits %o', (limits, expected) => {
  expect(limitsOf({ name: 'a', resources: { limits } })).toEqual(expected)
})

test('what a stand-in’s runtime takes comes on top of a memory limit', () => {
  const limitsWith = (limits: Readonly<Record<string, string>>) =>
    limitsOf({ name: 'a', resources: { limits } }, 1000)
  expect(limitsWith({ memory: '16Mi' })).toEqual({ memoryBytes: 16_777_216 + 1000 })
  expect(limitsWith({ cpu: '60m' })).toEqual({ cpuMillis: 60 })
})

test('version 2: one group, its controllers passed on, limits in its files', async () => {
  versionTwo('.')
  const host = { mount, own: '0::/\n' }
  const tree = openCgroupTree(host, 'weft-x')
  // A new directory of cgroupfs has its files; this one gets them by hand.
  versionTwo('weft-x')
  const made = await tree.make('u.app.0', { memoryBytes: 1000, cpuMillis: 250 })
  expect(made).toEqual({ ok: true, value: [join(mount, 'weft-x/u.app.0/cgroup.procs')] })
  expect(text('cgroup.subtree_control')).toBe('+cpu')
  expect(text('weft-x/u.app.0/memory.max')).toBe('1000')
  expect(text('weft-x/u.app.0/cpu.max')).toBe('25000 100000')
  writeFileSync(join(mount, 'weft-x/u.app.0/memory.events'), 'low 0\noom 1\noom_kill 0\n')
  expect(await tree.hasRunOut('u.app.0')).toBe(false)
  writeFileSync(join(mount, 'weft-x/u.app.0/memory.events'), 'low 0\noom 1\noom_kill 2\n')
  expect(await tree.hasRunOut('u.app.0')).toBe(true)
})

test('version 2: a user has the group that was delegated', () => {
  versionTwo('user/scope', 'user/scope/weft-x')
  const places = openCgroupPlaces({ mount, own: '0::/user/scope\n' }, 'weft-x')
  expect(places).toEqual([
    { directory: join(mount, 'user/scope/weft-x'), limits: ['memory', 'cpu'], version: 2 },
  ])
})

test('version 1: memory and cpu each have their tree, under the own group where it is there', async () => {
  for (const path of ['memory/user', 'cpu']) mkdirSync(join(mount, path), { recursive: true })
  const host = { mount, own: '4:memory:/user\n1:cpu:/gone\n0::/\n' }
  const made = await openCgroupTree(host, 'weft-x').make('g', { memoryBytes: 1000, cpuMillis: 1 })
  expect(made).toEqual({
    ok: true,
    value: [join(mount, 'memory/user/weft-x/g/cgroup.procs'), join(mount, 'cpu/weft-x/g/cgroup.procs')],
  })
  expect(text('memory/user/weft-x/g/memory.limit_in_bytes')).toBe('1000')
  expect(text('cpu/weft-x/g/cpu.cfs_quota_us')).toBe('1000')
})

test('no groups: the limits are not enforced, and why', async () => {
  const made = await openCgroupTree({ mount, own: '' }, 'weft-x').make('g', { cpuMillis: 1 })
  expect(made).toMatchObject({ ok: false, error: expect.stringContaining('weft doctor') })
})

test('what an instance leaves is removed, and nothing else', () => {
  for (const path of ['memory/u/weft-x/g', 'memory/u/weft-y', 'cpu/weft-x'])
    mkdirSync(join(mount, path), { recursive: true })
  removeCgroupPlaces({ mount, own: '4:memory:/u\n' }, 'weft-x')
  expect(existsSync(join(mount, 'memory/u/weft-x'))).toBe(false)
  expect(existsSync(join(mount, 'cpu/weft-x'))).toBe(false)
  expect(existsSync(join(mount, 'memory/u/weft-y'))).toBe(true)
})
