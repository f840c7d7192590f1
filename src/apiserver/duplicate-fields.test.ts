import { fc, test } from '@fast-check/vitest'
import { describe, expect, it } from 'vitest'
import { duplicateFields } from './duplicate-fields.ts'

describe('fields that are there twice', () => {
  it.each([
    ['{"a": 1, "a": 2}', ['a']],
    ['{"spec": {"ports": [{"port": 1}, {"port": 2, "name": "x", "port": 3}]}}', ['spec.ports[1].port']],
    ['{"a": {"b": 1, "b": 2, "b": 3}, "a": {"b": 4}}', ['a.b', 'a']],
    [String.raw`{"a\"b": "{", "a\u0022b": "}"}`, ['a"b']],
    ['[{"a": 1}, {"a": 2, "a": 3}]', ['[1].a']],
    ['{"data": {"a": "a", "b": "a", "a,": "b:"}}', []],
    ['{"constructor": 1, "toString": {"constructor": 2}}', []],
    ['"a"', []],
  ])('%s', (text, paths) => {
    expect(duplicateFields(text)).toEqual(paths)
  })

  test.prop([fc.json({ maxDepth: 5 })])('what was an object has none', (text) => {
    expect(duplicateFields(JSON.stringify(JSON.parse(text), undefined, 1))).toEqual([])
  })

  it('reads a large text', () => {
    const text = JSON.stringify({ data: { a: '\n"\\'.repeat(1_000_000) } })
    expect(duplicateFields(text)).toEqual([])
  })
})
