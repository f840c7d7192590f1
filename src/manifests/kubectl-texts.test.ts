/** Texts that kubectl reads, with the values that it reads; and texts that it refuses, with the place. */
import { describe, expect, test } from 'vitest'
import { parseManifests } from './parse-manifests.ts'

const head = 'apiVersion: v1\nkind: Thing\n'

describe('values', () => {
  test.each<[string, unknown]>([
    ['0b11', 3],
    ['1_000', 1000],
    ['-0x1F', -31],
    ['0_', 0],
    ['_1', '_1'],
    ['1e400', '1e400'],
    ['1e3', 1000],
    ['1.2.3', '1.2.3'],
    ['!!binary aGk=', 'hi'],
    ['!!timestamp 2026-01-31', '2026-01-31'],
    ['2026-01-31', '2026-01-31'],
  ])('%s', (written, value) => {
    const { objects, errors } = parseManifests(`${head}x: ${written}\n`, 'a.yaml')
    expect(errors).toEqual([])
    expect(objects[0]?.object).toMatchObject({ x: value })
  })
})

describe('refused texts', () => {
  test.each<[string, string, string, string]>([
    ['an alias in its own anchor', 'x: &a [*a]\n', '3:8', 'contains itself'],
    ['infinity', 'x: .inf\n', '3:4', 'no number in JSON'],
    ['a list as a key', '? [a]\n: b\n', '3:3', 'must be text, not a list'],
    ['no key', 'x:\n  : b\n', '4:3', 'a key must be text'],
    ['a control character', 'x: a # \u0001\n', '3:8', 'U+0001'],
    ['a tab on a line of its own', 'x:\n\t\n  y: a\n', '4:1', 'a tab'],
    ['a tab before a comment', 'x: a\n\t# b\ny: c\n', '4:1', 'a tab'],
    ['a tab behind a dash', 'x:\n-\ta\n', '4:2', 'a tab'],
  ])('%s', (_title, rest, place, words) => {
    const { errors } = parseManifests(head + rest, 'a.yaml')
    expect(errors.map(({ line, column }) => `${line}:${column}`)).toContain(place)
    expect(errors.map(({ message }) => message).join('\n')).toContain(words)
  })

  test.each(['x: a\t# b\n', 'x:\ta\n', 'x: |\n  a\n  \tb\n', 'x: "a\n  b\t"\n', 'x: [a,\tb]\n'])(
    'a tab where it may stand: %j',
    (rest) => {
      expect(parseManifests(head + rest, 'a.yaml').errors).toEqual([])
    },
  )

  test('lists in lists without end are told, not thrown', () => {
    const { errors } = parseManifests(`${head}x: ${'['.repeat(9000)}${']'.repeat(9000)}\n`, 'a.yaml')
    expect(errors.map(({ line, message }) => `${line} ${message}`)).toEqual([
      '3 lists and objects are nested too deeply here; write fewer levels',
    ])
  })
})

describe('JSON', () => {
  const thing = (name: string): string => `{"apiVersion":"v1","kind":"Thing","metadata":{"name":"${name}"}}`

  test('is indented with tabs as well', () => {
    const text = JSON.stringify({ apiVersion: 'v1', kind: 'Thing', metadata: { name: 'a' } }, undefined, '\t')
    const { objects, errors } = parseManifests(text, 'a.json')
    expect(errors).toEqual([])
    expect(objects[0]?.positionOf('metadata.name')).toEqual({ line: 5, column: 3 })
  })

  test.each(['\n', '', ' \n\n'])('several objects one after another, with %j between', (between) => {
    const text = `${thing('a')}${between}${thing('}"{'.replaceAll('"', '\\"'))}\n`
    const { objects, errors } = parseManifests(text, 'a.json')
    expect(errors).toEqual([])
    expect(objects.map(({ object }) => object.metadata.name)).toEqual(['a', '}"{'])
    const lines = between.split('\n')
    const column = (lines.length === 1 ? thing('a').length : 0) + 2
    expect(objects[1]?.positionOf('apiVersion')).toEqual({ line: lines.length, column })
  })

  test('what is no JSON is read as YAML', () => {
    const { objects } = parseManifests(
      '{apiVersion: v1, kind: Thing}\n---\n{apiVersion: v1, kind: Other}\n',
      'a',
    )
    expect(objects.map(({ object }) => object.kind)).toEqual(['Thing', 'Other'])
  })
})
