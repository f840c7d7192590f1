import { fc, test } from '@fast-check/vitest'
import { describe, expect, it } from 'vitest'
import {
  difference,
  emptySet,
  equalSets,
  type FieldSet,
  intersection,
  isEmptySet,
  membersOf,
  recursiveDifference,
  setOfPaths,
  union,
} from './field-set.ts'
import { decodeFieldsV1, encodeFieldsV1, formatFieldPath, keyElement, valueElement } from './fields-v1.ts'

const element = fc.constantFrom('f:a', 'f:b', 'k:{"name":"x"}', 'v:"s"')
const set = fc
  .array(fc.array(element, { minLength: 1, maxLength: 3 }), { maxLength: 6 })
  .map((paths): FieldSet => setOfPaths(paths))

describe('field sets', () => {
  test.prop([set, set])('intersection and difference part a set', (left, right) => {
    expect(equalSets(union(intersection(left, right), difference(left, right)), left)).toBe(true)
    expect(isEmptySet(intersection(difference(left, right), right))).toBe(true)
  })

  test.prop([set, set])('union does not mind the order and holds both', (left, right) => {
    expect(equalSets(union(left, right), union(right, left))).toBe(true)
    expect(isEmptySet(difference(left, union(left, right)))).toBe(true)
  })

  test.prop([set])('FieldsV1 gives back what it was given', (fields) => {
    expect(equalSets(decodeFieldsV1(encodeFieldsV1(fields)), fields)).toBe(true)
    expect(equalSets(setOfPaths(membersOf(fields)), fields)).toBe(true)
  })

  it('a recursive difference takes what lies below a member', () => {
    const fields = setOfPaths([
      ['f:status', 'f:phase'],
      ['f:spec', 'f:a'],
      ['f:spec', 'f:a', 'f:b'],
    ])
    expect(
      membersOf(recursiveDifference(fields, setOfPaths([['f:status'], ['f:spec', 'f:a', 'f:b']]))),
    ).toEqual([['f:spec', 'f:a']])
    expect(recursiveDifference(fields, setOfPaths([[]]))).toEqual(emptySet)
  })

  it('FieldsV1 marks a member with children by a dot', () => {
    const fields = setOfPaths([['f:labels'], ['f:labels', 'f:app']])
    expect(encodeFieldsV1(fields)).toEqual({ 'f:labels': { '.': {}, 'f:app': {} } })
    expect(encodeFieldsV1(setOfPaths([['f:replicas']]))).toEqual({ 'f:replicas': {} })
  })

  it('keys are the same whatever their order', () => {
    expect(keyElement({ protocol: 'TCP', port: 80 })).toBe('k:{"port":80,"protocol":"TCP"}')
    expect(membersOf(decodeFieldsV1({ 'k:{"protocol":"TCP","port":80}': {} }))).toEqual([
      ['k:{"port":80,"protocol":"TCP"}'],
    ])
  })

  it('paths print as kubectl shows them', () => {
    expect(formatFieldPath(['f:spec', 'f:ports', keyElement({ port: 80, protocol: 'TCP' }), 'f:name'])).toBe(
      '.spec.ports[port=80,protocol="TCP"].name',
    )
    expect(formatFieldPath(['f:metadata', 'f:finalizers', valueElement('a/b')])).toBe(
      '.metadata.finalizers[="a/b"]',
    )
    expect(formatFieldPath(['f:list', 'i:3'])).toBe('.list[3]')
  })
})
