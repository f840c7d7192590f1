import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { withHomeLock } from './home-lock.ts'

const { signal } = new AbortController()

describe('the lock of a home', () => {
  let root = ''
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'weft-lock-'))
  })
  afterEach(() => rm(root, { recursive: true, force: true }))

  test('actions run one after the other, and the lock goes with the last', async () => {
    let inside = 0
    let most = 0
    const action = async (): Promise<void> => {
      inside += 1
      most = Math.max(most, inside)
      await new Promise((resolve) => setImmediate(resolve))
      inside -= 1
    }
    await Promise.all([1, 2, 3].map(() => withHomeLock(root, signal, action)))
    expect(most).toBe(1)
    expect(existsSync(join(root, 'lock'))).toBe(false)
  })

  test('an action that fails lets the lock go', async () => {
    await expect(withHomeLock(root, signal, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await withHomeLock(root, signal, async () => 'next')).toBe('next')
  })

  test.each([
    ['a process that is gone', JSON.stringify({ pid: process.pid, startTime: '1' })],
    ['a crash before the name was written', ''],
  ])('a lock left by %s is taken over', async (_what, content) => {
    await writeFile(join(root, 'lock'), content)
    expect(await withHomeLock(root, signal, async () => 'mine')).toBe('mine')
  })

  test('waiting ends with the signal', async () => {
    const stop = new AbortController()
    await withHomeLock(root, signal, async () => {
      const waiting = withHomeLock(root, stop.signal, async () => 'never')
      stop.abort(new Error('interrupted'))
      await expect(waiting).rejects.toThrow(/interrupted|aborted/)
    })
  })
})
