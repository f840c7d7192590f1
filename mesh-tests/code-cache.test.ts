import { spawnSync } from 'node:child_process'
import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

const repository = fileURLToPath(new URL('..', import.meta.url))
const built = 'dist/src/app'
let copy: string
beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'weft-code-cache-'))
  for (const part of [built, 'package.json']) {
    await cp(join(repository, part), join(copy, part), { recursive: true })
  }
})
afterAll(() => rm(copy, { recursive: true, force: true }))

const filesOf = (root: string, end: string): readonly string[] =>
  readdirSync(join(root, built)).filter((name) => name.endsWith(end))

const analyzed = (root: string, flags: readonly string[] = []): readonly unknown[] => {
  const script = join(root, built, 'weft-main.js')
  const parameters = [...flags, script, 'analyze', '-o', 'json', join(repository, 'examples')]
  const { status, stdout, stderr } = spawnSync(process.execPath, parameters, { encoding: 'utf8' })
  return [status, stdout, stderr]
}

test('the Node that built the command takes the compiled form of all its files', async () => {
  const module: { readonly compile: (name: string) => { readonly cachedDataRejected?: boolean } } =
    await import(join(repository, built, 'load-compiled.js'))
  const files = filesOf(repository, '.cjs')
  expect(files).toContain('weft-main.cjs')
  expect(files.filter((name) => module.compile(name).cachedDataRejected !== false)).toEqual([])
})

test('without them, with those of another V8, and with broken ones it says the same', () => {
  const expected = analyzed(repository)
  expect(expected).toEqual([1, expect.stringContaining('IST0145'), ''])
  expect(analyzed(repository, ['--max-semi-space-size=2'])).toEqual(expected)
  for (const name of filesOf(copy, '.cache')) writeFileSync(join(copy, built, name), 'no code')
  expect(analyzed(copy)).toEqual(expected)
  for (const name of filesOf(copy, '.cache')) rmSync(join(copy, built, name))
  expect(analyzed(copy)).toEqual(expected)
})
