import { expect, test } from 'vitest'
import { textTable } from './text-table.ts'

test('pads to the widest cell and leaves no trailing blanks', () => {
  expect(
    textTable([
      ['NAME', 'AGE'],
      ['a-long-name', '1s'],
      ['b', ''],
    ]),
  ).toBe('NAME          AGE\na-long-name   1s\nb\n')
})

test('no rows, no text', () => {
  expect(textTable([])).toBe('')
})
