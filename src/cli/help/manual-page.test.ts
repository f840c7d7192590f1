import { describe, expect, test } from 'vitest'
import { commands } from '../command-table.ts'
import { manualIndex, manualPage } from './manual-page.ts'

describe.each(commands)('the manual page of weft $name', (row) => {
  test('has every option and example, in lines of a terminal', () => {
    const page = manualPage(row)
    for (const [flags] of row.options ?? []) expect(page).toContain(/--[\w-]+/.exec(flags)?.[0])
    for (const example of row.examples) expect(page).toContain(`       ${example}\n`)
    const text = page.split('\n').filter((line) => !row.examples.some((example) => line.includes(example)))
    for (const line of text) expect(line.length, line).toBeLessThanOrEqual(80)
  })
})

test('the page of logs', () => {
  const row = commands.find(({ name }) => name === 'logs')
  expect(row === undefined ? '' : manualPage(row)).toMatch(
    /^WEFT-LOGS\(1\)\s+Weft Manual\n\nNAME\n       weft logs - Show [^]+SYNOPSIS\n       weft logs \[-f\|--follow\] \[--tail lines\] \[--since duration\]\s+\[supervisor\|server\|node\.\.\.\]\n[^]+EXIT STATUS\n       0     done/,
  )
})

test('the index has all commands but the hidden ones', () => {
  const index = manualIndex(commands)
  for (const { name, isHidden } of commands)
    expect(index.includes(`       ${name} `), name).toBe(isHidden !== true)
})
