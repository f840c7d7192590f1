import { fc, test as property } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { hostPortOf } from './host-port.ts'

describe('the port of the host that stands for a port of a Service', () => {
  test.each([
    [80, 1, [80, 443], 80],
    [80, 1024, [80, 443], 8080],
    [443, 1024, [80, 443], 8443],
    [8080, 1024, [80, 8080], 8080],
    [80, 1024, [80, 8080], 18_080],
    [80, 81, [80], 8080],
    [80, 10_000, [80], 18_080],
    // Nothing is left: it stays what it is, and the host says that it is forbidden.
    [80, 65_535, [80], 80],
  ])('%i with %i as the lowest beside %j: %i', (port, lowest, others, expected) => {
    expect(hostPortOf(port, lowest, others)).toBe(expected)
  })

  property.prop([fc.uniqueArray(fc.integer({ min: 1, max: 65_535 }), { maxLength: 30 })])(
    'no two ports of a Service meet',
    (ports) => {
      const given = ports.map((port) => hostPortOf(port, 1024, ports))
      expect(new Set(given).size).toBe(ports.length)
      expect(given.every((port) => port >= 1024)).toBe(true)
    },
  )
})
