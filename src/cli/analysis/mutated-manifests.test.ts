/** Broken manifests of every kind: each is answered with a place and a reason, never with a crash or a hang. */
import { fc } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { analyze } from '../../analyze/analyze.ts'
import { createObjectSet } from '../../analyze/object-set.ts'
import { brokenManifest, deep } from '../../manifests/broken-manifest.conformance.ts'
import { textReport } from '../analyze-output/text-report.ts'
import { readManifests } from './analysis-inputs.ts'
import { entryOfError, entryOfFinding } from './report-entry.ts'

/** How many manifests are broken; WEFT_MUTATIONS=10000 for the long run. */
const COUNT = Number(process.env['WEFT_MUTATIONS'] ?? 400)
const SEED = 20_260_101

/** What `weft analyze` says of a text, with the places. */
const said = (text: string): string => {
  const { objects, errors } = readManifests({ name: 'a.yaml', text, isNamed: true })
  const findings = analyze(createObjectSet(objects, { defaultNamespace: 'default', now: 0 }))
  const entries = [...errors.map(entryOfError), ...findings.map(entryOfFinding)]
  const count = text.split('\n').length
  for (const { entry, line } of entries) {
    expect(line).toBeGreaterThan(0)
    expect(line).toBeLessThanOrEqual(count)
    expect(entry.column).toBeGreaterThan(0)
    expect(entry.message).not.toBe('')
    expect(entry.fix).not.toBe('')
  }
  return textReport({
    entries,
    sources: [{ name: 'a.yaml', text, isNamed: true }],
    color: false,
    nothingFound: '',
  })
}

describe('broken manifests', () => {
  test('are answered with a place and a reason', { timeout: 60_000 + COUNT * 300 }, () => {
    fc.assert(
      fc.property(brokenManifest, (text) => {
        said(text)
      }),
      { seed: SEED, numRuns: COUNT },
    )
  })

  test.each([
    ['bytes of a program', '\u007FELF\u0002\u0001\u0001\u0000\u0000\uFFFD'],
    ['a flow map of great depth', `a: ${deep(20_000, '{a: ', '}')}`],
    ['a list of great depth', deep(50_000, '[', ']')],
    ['a text that is never closed', `a: "${'x'.repeat(1_000_000)}`],
    [
      'aliases of aliases',
      [
        'a0: &a0 [x,x,x,x,x,x,x,x,x]',
        ...Array.from(
          { length: 12 },
          (_, index) => `a${index + 1}: &a${index + 1} [${Array(9).fill(`*a${index}`).join(',')}]`,
        ),
      ].join('\n'),
    ],
  ])('%s', (_title, text) => {
    expect(said(text)).toContain('WFT0001')
  })

  test('an object of great size is read', () => {
    const hosts = Array.from({ length: 5000 }, (_, index) => `h${index}.example`)
    const object = {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name: 'a' },
      spec: { hosts, http: [{ directResponse: { status: 200 } }] },
    }
    expect(said(stringify(object))).toBe('✔ \n')
  })
})
