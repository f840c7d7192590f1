/** JSON values as CEL sees them: typed objects, maps, 64-bit integers, bytes, times. */
import type { JsonValue } from '../../primitives/json-value.ts'

/** An object of a declared type: one subclass per type, so that the evaluator knows the type by the constructor. */
export class CelObject extends Map<string, unknown> {}

const equalBytes = (left: Uint8Array, right: Uint8Array): boolean =>
  left.length === right.length && left.every((byte, index) => byte === right[index])

/** Structural equality of values; the order of fields does not count. */
export const celEqual = (left: unknown, right: unknown): boolean => {
  if (left === right) return true
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => celEqual(item, right[index]))
  }
  if (left instanceof Map && right instanceof Map) {
    return left.size === right.size && [...left].every(([key, value]) => celEqual(value, right.get(key)))
  }
  if (left instanceof Uint8Array && right instanceof Uint8Array) return equalBytes(left, right)
  // Times, durations and the library's own types tell their worth.
  if (typeof left === 'object' && typeof right === 'object' && left !== null && right !== null) {
    return left.valueOf() === right.valueOf()
  }
  return false
}

/** A value without a declared type: whole numbers are integers. */
export const dynamicValue = (value: JsonValue): unknown => {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) {
    const items: readonly JsonValue[] = value
    return items.map(dynamicValue)
  }
  return new Map(Object.entries(value).map(([key, inner]) => [key, dynamicValue(inner)]))
}
