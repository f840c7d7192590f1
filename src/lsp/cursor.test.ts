import { fc } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { cursorAt } from './cursor.ts'
import type { Cursor } from './cursor.ts'

/** The cursor at the `|` of a text. */
const at = (marked: string): Cursor | undefined => {
  const offset = marked.indexOf('|')
  const before = marked.slice(0, offset).split('\n')
  return cursorAt(marked.replace('|', ''), {
    line: before.length - 1,
    character: before.at(-1)?.length ?? 0,
  })
}

const shown = (marked: string): string => {
  const cursor = at(marked)
  if (cursor === undefined) return 'nothing'
  const { expects, path, typed, siblings } = cursor
  const beside = [...siblings].map(([key, value]) => `${key}=${value}`).join(' ')
  return `${expects} ${path.join('.')} "${typed}"${beside === '' ? '' : ` beside ${beside}`}`
}

describe('the cursor', () => {
  test.each<[string, string, string]>([
    ['at a new field', 'spec:\n  hosts: [a]\n  ht|', 'key spec "ht" beside hosts=[a]'],
    ['at an empty line', 'spec:\n  hosts: [a]\n  |\n', 'key spec "" beside hosts=[a]'],
    ['at the first field of an item', 'spec:\n  http:\n    - ro|', 'key spec.http.0 "ro"'],
    [
      'at a later field of an item',
      'spec:\n  http:\n    - match: []\n    - name: a\n      r|',
      'key spec.http.1 "r" beside name=a',
    ],
    [
      'in a list in the column of its key',
      'spec:\n  http:\n  - name: a\n  - name: b\n    r|',
      'key spec.http.1 "r" beside name=b',
    ],
    [
      'at a value',
      'spec:\n  http:\n    - route:\n        - destination:\n            host: reviews\n            subset: v|\n            port: {}',
      'value spec.http.0.route.0.destination.subset "v" beside host=reviews port={}',
    ],
    ['at an empty value', 'spec:\n  host: |', 'value spec.host ""'],
    ['at a text of a list', 'spec:\n  gateways:\n    - my|', 'key spec.gateways.0 "my"'],
    ['at the top', 'ki|', 'key  "ki"'],
    ['in the second document', 'kind: A\nspec:\n  a: 1\n---\nkind: B\nspec:\n  |', 'key spec ""'],
    ['in a comment', 'spec: # a|', 'nothing'],
    ['in braces', 'spec: {hosts: [a], ht|}', 'key spec "ht" beside hosts='],
    ['in empty braces', 'spec:\n  http:\n    - {|', 'key spec.http.0 ""'],
    ['in braces, before a field', 'a:\n  b: {c: 1, |, d: "2", e: {f: 3}}', 'key a.b "" beside c=1 d=2 e='],
    [
      'at a value in braces',
      'spec:\n  http:\n    - route:\n        - destination: {host: reviews, subset: v|}',
      'value spec.http.0.route.0.destination.subset "v" beside host=reviews',
    ],
    [
      'in braces within brackets',
      'spec: {http: [{name: a}, {route: [{destination: {ho|}}]}]}',
      'key spec.http.1.route.0.destination "ho"',
    ],
    ['at a text in brackets', 'spec:\n  gateways: [mesh, my|]', 'value spec.gateways.1 "my"'],
    ['in braces over lines', 'spec: {\n  hosts: [a],\n  ht|\n}\n', 'key spec "ht" beside hosts='],
    ['at a quoted value in braces', 'a: {b: \'x: y\', c: "d|"}', 'value a.c "d" beside b=x: y'],
    ['behind braces', 'spec:\n  a: {b: 1}\n  c|', 'key spec "c" beside a={b: 1}'],
    ['at a text with braces', 'a: x{y|', 'value a "x{y"'],
    ['in a comment in braces', 'a: {b: 1, # c|', 'nothing'],
    [
      'between other fields of an item',
      'a:\n  - b: 1\n    |\n    c: 2\n  - d: 3',
      'key a.0 "" beside b=1 c=2',
    ],
  ])('%s', (_title, text, cursor) => {
    expect(shown(text)).toBe(cursor)
  })

  test('knows its object', () => {
    const text = 'apiVersion: v1\nkind: "Service"\nmetadata:\n  name: a\n  namespace: prod\nspec:\n  |'
    expect(at(text)).toMatchObject({ apiVersion: 'v1', kind: 'Service', namespace: 'prod' })
    expect(at('kind: A\nmetadata: {name: a, namespace: prod}\nspec: {|}')).toMatchObject({
      kind: 'A',
      namespace: 'prod',
    })
  })

  test('stands somewhere in any text, and is found there', () => {
    const text = fc.string({
      unit: fc.constantFrom('{', '}', '[', ']', ',', ': ', '"', "'", '\n', '- ', '  ', 'a', '#'),
      maxLength: 40,
    })
    fc.assert(
      fc.property(text, fc.nat(4), fc.nat(20), (written, line, character) => {
        const cursor = cursorAt(written, { line, character })
        expect(cursor === undefined || cursor.path.every((step) => step !== undefined)).toBe(true)
      }),
    )
  })
})
