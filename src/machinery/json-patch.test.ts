import { fc, test } from '@fast-check/vitest'
import { describe, expect, it } from 'vitest'
import type { JsonValue } from '../primitives/json-value.ts'
import { applyJsonPatch } from './json-patch.ts'
import { formatPointer, parsePointer } from './json-pointer.ts'
import { applyMergePatch, createMergePatch } from './merge-patch.ts'

const patched = (document: JsonValue, ...operations: JsonValue[]): JsonValue => {
  const result = applyJsonPatch(document, operations)
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}

const error = (document: JsonValue, patch: JsonValue): string => {
  const result = applyJsonPatch(document, patch)
  return result.ok ? 'applied' : `${result.error.kind}: ${result.error.message}`
}

describe('JSON patch', () => {
  it('does what RFC 6902 appendix A shows', () => {
    expect(patched({ foo: 'bar' }, { op: 'add', path: '/baz', value: 'qux' })).toEqual({
      baz: 'qux',
      foo: 'bar',
    })
    expect(patched({ foo: ['bar', 'baz'] }, { op: 'add', path: '/foo/1', value: 'qux' })).toEqual({
      foo: ['bar', 'qux', 'baz'],
    })
    expect(patched({ baz: 'qux', foo: 'bar' }, { op: 'remove', path: '/baz' })).toEqual({ foo: 'bar' })
    expect(patched({ foo: ['bar', 'qux', 'baz'] }, { op: 'remove', path: '/foo/1' })).toEqual({
      foo: ['bar', 'baz'],
    })
    expect(patched({ baz: 'qux' }, { op: 'replace', path: '/baz', value: 'boo' })).toEqual({ baz: 'boo' })
    expect(
      patched(
        { foo: { bar: 'baz', waldo: 'fred' }, qux: { corge: 'grault' } },
        { op: 'move', from: '/foo/waldo', path: '/qux/thud' },
      ),
    ).toEqual({ foo: { bar: 'baz' }, qux: { corge: 'grault', thud: 'fred' } })
    expect(
      patched({ foo: ['all', 'grass', 'cows', 'eat'] }, { op: 'move', from: '/foo/1', path: '/foo/3' }),
    ).toEqual({
      foo: ['all', 'cows', 'eat', 'grass'],
    })
    expect(
      patched({ a: 1 }, { op: 'test', path: '/a', value: 1 }, { op: 'copy', from: '/a', path: '/b' }),
    ).toEqual({
      a: 1,
      b: 1,
    })
    expect(patched({ foo: ['bar'] }, { op: 'add', path: '/foo/-', value: ['abc'] })).toEqual({
      foo: ['bar', ['abc']],
    })
    expect(patched({ '/': 9, '~1': 10 }, { op: 'test', path: '/~01', value: 10 })).toEqual({
      '/': 9,
      '~1': 10,
    })
    expect(patched({ a: 1 }, { op: 'replace', path: '', value: [] })).toEqual([])
    expect(patched({ a: [1] }, { op: 'replace', path: '/a/0', value: null })).toEqual({ a: [null] })
  })

  it.each<[JsonValue, JsonValue, string]>([
    [{}, {}, 'malformed: a JSON patch is a list of operations: write [{"op": ...}]'],
    [{}, ['x'], 'malformed: each operation of a JSON patch is an object: write {"op": ...}'],
    [{}, [{ op: 'add' }], 'inapplicable: operation missing path field: missing value'],
    [{}, [{ op: 'add', path: '/a' }], 'inapplicable: add operation, missing value field: missing value'],
    [{}, [{ op: 'jump', path: '/a' }], 'inapplicable: Unexpected kind: jump'],
    [{}, [{ op: 'copy', path: '/a' }], 'inapplicable: operation, missing from field: missing value'],
    [
      {},
      [{ op: 'add', path: '/a/b', value: 1 }],
      'inapplicable: add operation does not apply: doc is missing path: "/a/b": missing value',
    ],
    [
      { a: 1 },
      [{ op: 'add', path: '/a/b', value: 1 }],
      'inapplicable: add operation does not apply: doc is missing path: "/a/b": missing value',
    ],
    [
      {},
      [{ op: 'remove', path: '/a' }],
      "inapplicable: error in remove for path: '/a': Unable to remove nonexistent key: a: missing value",
    ],
    [
      {},
      [{ op: 'remove', path: '/a/b' }],
      'inapplicable: remove operation does not apply: doc is missing path: "/a/b": missing value',
    ],
    [
      {},
      [{ op: 'replace', path: '/a', value: 1 }],
      'inapplicable: replace operation does not apply: doc is missing key: /a: missing value',
    ],
    [
      { a: [] },
      [{ op: 'replace', path: '/a/0', value: 1 }],
      'inapplicable: replace operation does not apply: doc is missing key: /a/0: missing value',
    ],
    [{ a: 1 }, [{ op: 'test', path: '/a', value: 2 }], 'inapplicable: testing value /a failed: test failed'],
    [
      { a: [] },
      [{ op: 'add', path: '/a/1', value: 1 }],
      "inapplicable: error in add for path: '/a/1': Unable to access invalid index: 1: invalid index referenced",
    ],
    [
      { a: [] },
      [{ op: 'remove', path: '/a/0' }],
      "inapplicable: error in remove for path: '/a/0': Unable to access invalid index: 0: invalid index referenced",
    ],
    [
      { a: [] },
      [{ op: 'add', path: '/a/01', value: 1 }],
      "inapplicable: error in add for path: '/a/01': value was not a proper array index: '01'",
    ],
    [
      {},
      [{ op: 'move', from: '/x', path: '/a' }],
      'inapplicable: move operation does not apply: doc is missing from path: /x: missing value',
    ],
    [
      { a: {} },
      [{ op: 'move', from: '/a', path: '/a/b' }],
      "inapplicable: error in move for path: '/a/b': it lies within from",
    ],
    [
      {},
      [{ op: 'add', path: 'a', value: 1 }],
      'inapplicable: add operation does not apply: doc is missing path: "a": missing value',
    ],
  ])('%j with %j', (document, patch, expected) => {
    expect(error(document, patch)).toBe(expected)
  })

  it('takes an absent value for null in a test', () => {
    expect(error({}, [{ op: 'test', path: '/a', value: null }])).toBe('applied')
  })

  it('keeps a key named __proto__ an ordinary key', () => {
    const result = patched({}, { op: 'add', path: '/__proto__', value: { polluted: true } })
    expect(Object.keys(result ?? {})).toEqual(['__proto__'])
    expect(Object.hasOwn({}, 'polluted')).toBe(false)
  })

  test.prop([fc.array(fc.string())])('pointers print what they parse', (tokens) => {
    expect(parsePointer(formatPointer(tokens))).toEqual(tokens)
  })
})

const json = fc.jsonValue({ maxDepth: 3 }).map((value): JsonValue => JSON.parse(JSON.stringify(value)))
const withoutNulls = (value: JsonValue): JsonValue => {
  if (Array.isArray(value) || value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== null)
      .map(([key, each]) => [key, withoutNulls(each)]),
  )
}

describe('merge patch', () => {
  it.each<[JsonValue, JsonValue, JsonValue]>([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('RFC 7386: %j and %j', (target, patch, expected) => {
    expect(applyMergePatch(target, patch)).toEqual(expected)
  })

  test.prop([json, json])('made of two values leads from one to the other', (source, target) => {
    const goal = withoutNulls(target)
    expect(applyMergePatch(source, createMergePatch(source, goal))).toEqual(goal)
  })

  test.prop([json, json])('applied twice is applied once', (target, patch) => {
    const once = applyMergePatch(target, patch)
    expect(applyMergePatch(once, patch)).toEqual(once)
  })
})
