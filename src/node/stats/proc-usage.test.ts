import { spawn } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import {
  cpuSecondsOf,
  hostCpuSecondsOf,
  hostMemoryOf,
  proportionalBytesOf,
  usageOfContainers,
  usageOfHost,
} from './proc-usage.ts'

describe('reading /proc', () => {
  test('time of a process and of its ended children, whatever it is called', () => {
    const stat = '42 (a) b (c) S 1 42 42 0 -1 4194560 1 0 0 0 150 50 25 75 20 0 1 0 100 1 1'
    expect(cpuSecondsOf(stat)).toBe(3)
    expect(cpuSecondsOf('42 (a) Z 1')).toBe(0)
  })

  test('memory that is shared counts in parts', () => {
    expect(proportionalBytesOf('Rss:     3000 kB\nPss:     1000 kB\nPss_Dirty: 5 kB\n')).toBe(1_024_000)
    expect(proportionalBytesOf('')).toBeUndefined()
  })

  test('the whole machine', () => {
    expect(hostCpuSecondsOf('cpu  100 200 300 9000 800 10 20 70 5 5\ncpu0 1 1 1 1\n')).toBe(7)
    expect(hostMemoryOf('MemTotal:  1000 kB\nMemFree: 1 kB\nMemAvailable: 400 kB\n')).toBe(614_400)
    expect(usageOfHost().cpuSeconds).toBeGreaterThan(0)
  })

  test('everything in the namespace of a container counts; a process that is gone does not', async () => {
    const child = spawn('sleep', ['100'])
    try {
      const usage = usageOfContainers([process.pid, 2 ** 22 + 1])
      expect([...usage.keys()]).toEqual([process.pid])
      expect(usage.get(process.pid)?.memoryBytes).toBeGreaterThan(process.memoryUsage().rss / 4)
    } finally {
      child.kill()
    }
  })
})
