import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { PlacedEntry } from '../analysis/report-entry.ts'
import { readFormat, writeReport } from './write-report.ts'
import type { Report } from './report.ts'

const placed: PlacedEntry = {
  source: 'my app/a.yaml',
  line: 2,
  repair: { firstLine: 2, lastLine: 2, lines: ['  port: 80'] },
  entry: {
    code: 'IST0106',
    level: 'Error',
    origin: 'Gateway shop/web',
    message: 'unknown field `Port`, 100% <wrong> & "odd"',
    reference: 'my app/a.yaml:2',
    column: 3,
    fix: 'write port',
  },
}
const report = (entries: readonly PlacedEntry[], color = false): Report => ({
  entries,
  sources: [{ name: 'my app/a.yaml', text: 'spec:\n  Port: 80\n', isNamed: true }],
  version: '1.2.3',
  color,
  nothingFound: 'No validation issues found.',
})

describe('reports', () => {
  test('text marks the place and shows the lines to write', async () => {
    expect(await writeReport('text', report([placed]))).toBe(
      [
        'Error [IST0106] (Gateway shop/web my app/a.yaml:2:3) unknown field `Port`, 100% <wrong> & "odd"',
        '  2 |   Port: 80',
        '    |   ^^^^',
        '  fix: write port',
        '  write instead of line 2:',
        '      port: 80',
        '',
      ].join('\n'),
    )
  })
  test('text has colours when asked for alone', async () => {
    expect(await writeReport('text', report([placed], true))).toContain('\u001B[31mError\u001B[0m [IST0106]')
    expect(await writeReport('text', report([]))).toBe('✔ No validation issues found.\n')
  })
  test('yaml is json in YAML', async () => {
    expect(parse(await writeReport('yaml', report([placed])))).toEqual(
      JSON.parse(await writeReport('json', report([placed]))),
    )
    expect(parse(await writeReport('yaml', report([])))).toEqual([])
  })
  test('sarif names rule, place and replacement', async () => {
    const log = JSON.parse(await writeReport('sarif', report([placed])))
    expect(log.version).toBe('2.1.0')
    const [run] = log.runs
    expect(run.tool.driver.rules[run.results[0].ruleIndex].id).toBe('IST0106')
    expect(run.results[0].locations[0].physicalLocation).toEqual({
      artifactLocation: { uri: 'my%20app/a.yaml' },
      region: { startLine: 2, startColumn: 3 },
    })
    expect(run.results[0].fixes[0].artifactChanges[0].replacements[0].insertedContent.text).toBe(
      '  port: 80\n',
    )
  })
  test('junit counts, and escapes', async () => {
    const xml = await writeReport('junit', report([placed]))
    expect(xml).toContain('<testsuite name="my app/a.yaml" tests="1" failures="1" errors="0">')
    expect(xml).toContain('message="unknown field `Port`, 100% &lt;wrong&gt; &amp; &quot;odd&quot;"')
    expect(await writeReport('junit', report([]))).toContain('tests="1" failures="0"')
  })
  test('github escapes as its runner reads it', async () => {
    expect(await writeReport('github', report([placed]))).toBe(
      '::error file=my app/a.yaml,line=2,col=3,title=IST0106 Gateway shop/web::unknown field `Port`, 100%25 <wrong> & "odd"%0Awrite port\n',
    )
    expect(await writeReport('github', report([]))).toBe('')
  })
  test('an unknown format is wrong usage', () => {
    expect(() => readFormat('xml')).toThrow(/--output xml: write text, json, yaml/)
    expect(readFormat(undefined)).toBe('text')
  })
})
