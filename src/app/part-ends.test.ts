import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findDyingPart, forgetEnds, recordEnd } from './part-ends.ts'

let directory: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'weft-ends-'))
})
afterEach(async () => {
  await rm(directory, { recursive: true })
})

test('a part that ended young twice may still come up, after the third time it is named', async () => {
  recordEnd(directory, { part: 'server', count: 2, status: 'exit code 1' })
  expect(await findDyingPart(directory)).toBeUndefined()
  recordEnd(directory, { part: 'server', count: 3, status: 'exit code 1' })
  expect(await findDyingPart(directory)).toEqual({ part: 'server', count: 3, status: 'exit code 1' })
  forgetEnds(directory, 'server')
  expect(await findDyingPart(directory)).toBeUndefined()
})

test('reads what the init writes of the supervisor, and passes over half a line', async () => {
  await writeFile(join(directory, 'supervisor'), '4 exit code 137\n')
  await writeFile(join(directory, 'node'), '')
  expect(await findDyingPart(directory)).toEqual({
    part: 'supervisor',
    count: 4,
    status: 'exit code 137',
  })
})

test('a home without the directory has no dying part', async () => {
  expect(await findDyingPart(join(directory, 'none'))).toBeUndefined()
})
