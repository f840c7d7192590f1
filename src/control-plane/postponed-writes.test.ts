import { describe, expect, test } from 'vitest'
import { createPostponedWrites } from './postponed-writes.ts'

const atTime = () => {
  let now = 1000
  const writes = createPostponedWrites({ now: () => now, sleep: () => Promise.resolve() })
  return { writes, pass: (milliseconds: number) => void (now += milliseconds) }
}

describe('postponed writes', () => {
  test('news is written at once', () => {
    const { writes } = atTime()
    expect(writes.isEarly('a', 'now')).toBe(false)
    expect(writes.size()).toBe(0)
  })

  test('what is pending waits from when it was first seen, and news overtakes it', () => {
    const { writes, pass } = atTime()
    expect(writes.isEarly('a', 'pending')).toBe(true)
    pass(400)
    expect(writes.isEarly('a', 'pending')).toBe(true)
    expect(writes.due()).toEqual([])
    pass(100)
    expect(writes.due()).toEqual(['a'])
    expect(writes.isEarly('a', 'pending')).toBe(false)
    expect(writes.isEarly('a', 'pending')).toBe(true)
    expect(writes.isEarly('a', 'now')).toBe(false)
    expect(writes.size()).toBe(0)
  })

  test('a failed write is due again later, whatever is touched meanwhile', () => {
    const { writes, pass } = atTime()
    writes.again('a')
    expect(writes.isEarly('a', 'now')).toBe(true)
    pass(250)
    expect(writes.due()).toEqual(['a'])
    expect(writes.isEarly('a', 'now')).toBe(false)
  })

  test('counts go out a few at a time, after everything else', () => {
    const { writes, pass } = atTime()
    for (let index = 0; index < 100; index += 1) writes.isEarly(`count-${index}`, 'count')
    writes.isEarly('pending', 'pending')
    pass(500)
    const due = writes.due()
    expect(due[0]).toBe('pending')
    expect(due).toHaveLength(21)
    for (const key of due) writes.isEarly(key, key === 'pending' ? 'pending' : 'count')
    expect(writes.due()).not.toContain('count-0')
  })

  test('what nobody wants any more is forgotten', () => {
    const { writes, pass } = atTime()
    writes.isEarly('a', 'resuming')
    writes.forget('a')
    pass(10_000)
    expect(writes.due()).toEqual([])
  })
})
