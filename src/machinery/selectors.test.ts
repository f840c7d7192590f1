import { fc, test } from '@fast-check/vitest'
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../resources/kube-object.ts'
import { formatLabelSelector } from '../resources/meta/format-selector.ts'
import type { LabelSelectorRequirement } from '../resources/meta/label-selector.ts'
import { formatFieldSelector, matchesFields, parseFieldSelector } from './field-selector.ts'
import { meetsAll, parseLabelSelector } from './label-selector-parser.ts'

const selects = (text: string, labels: Record<string, string>): boolean => {
  const parsed = parseLabelSelector(text)
  if (!parsed.ok) throw new Error(parsed.error)
  return meetsAll(parsed.value, labels)
}

describe('label selectors', () => {
  it.each([
    ['', {}, true],
    ['app=web', { app: 'web' }, true],
    ['app==web', { app: 'web' }, true],
    ['app = web , tier', { app: 'web', tier: '' }, true],
    ['app=web', {}, false],
    ['app=', { app: '' }, true],
    ['app!=web', {}, true],
    ['app!=web', { app: 'web' }, false],
    ['app', { app: 'x' }, true],
    ['app', {}, false],
    ['!app', {}, true],
    ['!app', { app: '' }, false],
    ['app in (a, b)', { app: 'b' }, true],
    ['app in (a,b)', {}, false],
    ['app notin (a,b)', {}, true],
    ['app notin (a,b)', { app: 'a' }, false],
    ['app in ()', { app: '' }, true],
    ['in in (in)', { in: 'in' }, true],
    ['n>3', { n: '4' }, true],
    ['n>3', { n: '3' }, false],
    ['n<3', { n: 'x' }, false],
    ['example.com/app=x,y!=z', { 'example.com/app': 'x' }, true],
    ['toString', {}, false],
  ])('%j on %j: %s', (text, labels, expected) => {
    expect(selects(text, labels)).toBe(expected)
  })

  it.each([
    ['app=web,', "unable to parse requirement: found '', expected: identifier after ','"],
    [',app', "unable to parse requirement: found ',', expected: !, identifier, or 'end of string'"],
    ['app web', "unable to parse requirement: found 'web', expected: in, notin, =, ==, !=, gt, lt"],
    ['app in a', "unable to parse requirement: found 'a' expected: '('"],
    ['app in (a', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['app=a b', "unable to parse requirement: found 'b', expected: ',' or 'end of string'"],
    ['!', "unable to parse requirement: found '', expected: identifier"],
    [
      'app>x',
      "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer",
    ],
  ])('%j is refused', (text, message) => {
    expect(parseLabelSelector(text)).toEqual({ ok: false, error: message })
  })

  it('refuses what no label can be', () => {
    expect(parseLabelSelector('a/b/c=x')).toMatchObject({
      ok: false,
      error: expect.stringContaining('a qualified name must'),
    })
    expect(parseLabelSelector('app=-x')).toMatchObject({
      ok: false,
      error: expect.stringContaining('a valid label must'),
    })
    expect(parseLabelSelector(`app=${'x'.repeat(64)}`)).toMatchObject({
      ok: false,
      error: expect.stringContaining('must be no more than 63 characters'),
    })
  })

  const key = fc.constantFrom('app', 'example.com/tier', 'in', 'notin', 'a.b-c')
  const value = fc.constantFrom('', 'web', 'in', '1', 'v1.2_x')
  const values = fc.uniqueArray(value, { minLength: 1 }).map((list) => list.toSorted())
  const requirement: fc.Arbitrary<LabelSelectorRequirement> = fc.oneof(
    fc.record({ key, operator: fc.constantFrom('In', 'NotIn'), values }),
    fc.record({ key, operator: fc.constantFrom('Exists', 'DoesNotExist') }),
  )
  const selector = fc
    .uniqueArray(requirement, { minLength: 1, selector: (each) => each.key })
    .map((list) => list.toSorted((left, right) => (left.key < right.key ? -1 : 1)))
  test.prop([selector])('print what parses to the same', (matchExpressions) => {
    expect(parseLabelSelector(formatLabelSelector({ matchExpressions }))).toEqual({
      ok: true,
      value: matchExpressions,
    })
  })
})

const pod: KubeObject & Record<string, unknown> = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'default' },
  spec: { nodeName: 'weft', hostNetwork: false },
}
const podFields = ['status.phase', 'spec.nodeName', 'spec.hostNetwork']

describe('field selectors', () => {
  it.each([
    ['', true],
    ['metadata.name=web', true],
    ['metadata.name==web,metadata.namespace=default', true],
    ['metadata.name!=web', false],
    ['spec.nodeName=weft,status.phase!=Failed', true],
    ['spec.hostNetwork=false', true],
    ['status.phase=', true],
    ['metadata.name=we,', false],
  ])('%j: %s', (text, expected) => {
    const parsed = parseFieldSelector(text, podFields)
    expect(parsed.ok && matchesFields(parsed.value, pod)).toBe(expected)
  })

  it('refuses fields that the kind does not offer, and what is no selector', () => {
    expect(parseFieldSelector('spec.foo=x', podFields)).toEqual({
      ok: false,
      error: 'field label not supported: spec.foo',
    })
    expect(parseFieldSelector('status.phase=x', [])).toEqual({
      ok: false,
      error: 'field label not supported: status.phase',
    })
    expect(parseFieldSelector('metadata.name', [])).toEqual({
      ok: false,
      error: "invalid selector: 'metadata.name'; can't understand 'metadata.name'",
    })
    expect(parseFieldSelector('metadata.name=a=b', []).ok).toBe(false)
  })

  test.prop([fc.array(fc.tuple(fc.constantFrom(...podFields), fc.boolean(), fc.string({ minLength: 1 })))])(
    'print what parses to the same',
    (terms) => {
      const selector = terms.map(([field, equals, value]) => ({ field, equals, value }))
      expect(parseFieldSelector(formatFieldSelector(selector), podFields)).toEqual({
        ok: true,
        value: selector,
      })
    },
  )
})
