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
  })
})
