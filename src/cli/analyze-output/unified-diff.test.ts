import { fc, test as property } from '@fast-check/vitest'
import { expect, test } from 'vitest'
import { unifiedDiff } from './unified-diff.ts'

test('a change with three lines around it', () => {
  expect(unifiedDiff('a.yaml', '1\n2\n3\n4\n5\n6\n7\n8\n9\n', '1\n2\n3\n4\n5\nsix\n7\n8\n9\n')).toBe(
    '--- a.yaml\n+++ a.yaml\n@@ -3,7 +3,7 @@\n 3\n 4\n 5\n-6\n+six\n 7\n 8\n 9\n',
  )
})

test('far changes are two hunks', () => {
  const lines = Array.from({ length: 30 }, (_, index) => `line ${index}`)
  const after = lines.toSpliced(2, 1).toSpliced(25, 0, 'new')
  const diff = unifiedDiff('a', `${lines.join('\n')}\n`, `${after.join('\n')}\n`)
  expect(diff.match(/^@@.*$/gm)).toEqual(['@@ -1,6 +1,5 @@', '@@ -24,6 +23,7 @@'])
})

const texts = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 12 })

property.prop([texts, texts])(
  'kept and removed lines are the old text, kept and added ones the new',
  (before, after) => {
    const around = (lines: readonly string[]): string => `${lines.join('\n')}\n`
    const diff = unifiedDiff('x', around(before), around(after))
    expect(diff === '').toBe(around(before) === around(after))
    const body = diff.split('\n').slice(2)
    const count = (signs: string): number =>
      body.filter((line) => line !== '' && signs.includes(line.charAt(0))).length
    if (diff !== '') expect(count('-') - count('+')).toBe(before.length - after.length)
  },
)
