import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { keepRunning } from './keep-running.ts'
import type { PartEnds } from './part-ends.ts'

class FakeProcess extends EventEmitter {
  readonly kill = vi.fn(() => this.emit('exit', null, 'SIGTERM'))
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const begin = () => {
  const stop = new AbortController()
  const started: FakeProcess[] = []
  const ends: PartEnds[] = []
  const lives = vi.fn()
  const done = keepRunning(
    {
      part: 'server',
      start: () => {
        const child = new FakeProcess()
        started.push(child)
        return child
      },
      now: () => Date.now(),
      ended: (end) => ends.push(end),
      lives,
    },
    stop.signal,
  )
  return { stop, started, ends, lives, done }
}

test('counts the ends of a part that dies young, waits longer each time, and forgets them once it lived', async () => {
  const { stop, started, ends, lives, done } = begin()
  started[0]?.emit('exit', 1, null)
  await vi.advanceTimersByTimeAsync(20)
  started[1]?.emit('exit', 1, null)
  await vi.advanceTimersByTimeAsync(59)
  expect(started).toHaveLength(2)
  await vi.advanceTimersByTimeAsync(1)
  expect(lives).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(2000)
  expect(lives).toHaveBeenCalledExactlyOnceWith('server')
  started[2]?.emit('exit', null, 'SIGKILL')
  await vi.advanceTimersByTimeAsync(0)
  expect(started).toHaveLength(4)
  expect(ends).toEqual([
    { part: 'server', count: 1, status: 'exit code 1' },
    { part: 'server', count: 2, status: 'exit code 1' },
    { part: 'server', count: 0, status: 'signal SIGKILL' },
  ])
  stop.abort()
  await done
})

test('ends the part at the signal and starts no other', async () => {
  const { stop, started, ends, done } = begin()
  stop.abort()
  await done
  await vi.advanceTimersByTimeAsync(5000)
  expect(started.map((child) => child.kill.mock.calls)).toEqual([[['SIGTERM']]])
  expect(ends).toEqual([])
})
