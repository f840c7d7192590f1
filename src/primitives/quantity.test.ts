import { fc, test } from '@fast-check/vitest'
import { describe, expect, it } from 'vitest'
import {
  addQuantities,
  compareQuantities,
  formatQuantity,
  parseQuantity,
  type Quantity,
  quantityMilliValue,
  quantityValue,
} from './quantity.ts'

const quantity = (text: string): Quantity => {
  const parsed = parseQuantity(text)
  if (!parsed.ok) throw new Error(parsed.error)
  return parsed.value
}

describe('quantities', () => {
  it.each([
    ['0', '0'],
    ['0Mi', '0'],
    ['-0', '0'],
    ['1', '1'],
    ['+1', '1'],
    ['500m', '500m'],
    ['0.5', '500m'],
    ['.5', '500m'],
    ['1000m', '1'],
    ['1500m', '1500m'],
    ['1.5', '1500m'],
    ['100000', '100k'],
    ['128Mi', '128Mi'],
    ['1024Mi', '1Gi'],
    ['0.5Gi', '512Mi'],
    ['1.5Gi', '1536Mi'],
    ['0.5Ki', '512'],
    ['0.1Ki', '102400m'],
    ['-1Gi', '-1Gi'],
    ['1e3', '1e3'],
    ['12E6', '12e6'],
    ['1200e3', '1200e3'],
    ['1000e3', '1e6'],
    ['1e-3', '1e-3'],
    ['2E', '2E'],
    ['1n', '1n'],
    ['0.1n', '1n'],
    ['7Ei', '7Ei'],
  ])('%s is canonically %s', (text, canonical) => {
    expect(formatQuantity(quantity(text))).toBe(canonical)
  })

  it.each(['', 'abc', '1.2.3', '1 Mi', '1mi', '1KiB', 'Mi', '1e', '--1', '1K', '0x10'])(
    '%j is refused',
    (text) => {
      expect(parseQuantity(text)).toMatchObject({ ok: false, error: expect.stringMatching(/write/) })
    },
  )

  it('give whole units and thousandths rounded up', () => {
    expect(quantityValue(quantity('1500m'))).toBe(2)
    expect(quantityValue(quantity('-1500m'))).toBe(-2)
    expect(quantityValue(quantity('128Mi'))).toBe(134_217_728)
    expect(quantityMilliValue(quantity('250m'))).toBe(250)
    expect(quantityMilliValue(quantity('1u'))).toBe(1)
  })

  it('add and compare across suffixes', () => {
    expect(formatQuantity(addQuantities(quantity('128Mi'), quantity('1Gi')))).toBe('1152Mi')
    expect(formatQuantity(addQuantities(quantity('0'), quantity('1Gi')))).toBe('1Gi')
    expect(compareQuantities(quantity('1'), quantity('1000m'))).toBe(0)
    expect(compareQuantities(quantity('1k'), quantity('1Ki'))).toBeLessThan(0)
    expect(compareQuantities(quantity('1Ki'), quantity('1k'))).toBeGreaterThan(0)
  })

  test.prop([
    fc.bigInt({ min: -(10n ** 27n), max: 10n ** 27n }),
    fc.constantFrom('DecimalSI', 'BinarySI', 'DecimalExponent'),
  ])('the canonical form keeps the amount and prints itself again', (nano, format) => {
    const canonical = formatQuantity({ nano, format })
    expect(quantity(canonical).nano).toBe(nano)
    expect(formatQuantity(quantity(canonical))).toBe(canonical)
  })
})
