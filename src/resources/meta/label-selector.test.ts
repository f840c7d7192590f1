import { describe, expect, it } from 'vitest'
import {
  isEmptySelector,
  type LabelRequirement,
  type LabelSelector,
  meetsRequirement,
  selectsLabels,
} from './label-selector.ts'

describe('a requirement', () => {
  const cases: readonly (readonly [LabelRequirement, Record<string, string> | undefined, boolean])[] = [
    [{ key: 'app', operator: 'In', values: ['a', 'b'] }, { app: 'b' }, true],
    [{ key: 'app', operator: 'In', values: ['a'] }, {}, false],
    [{ key: 'app', operator: 'NotIn', values: ['a'] }, { app: 'a' }, false],
    [{ key: 'app', operator: 'NotIn', values: ['a'] }, undefined, true],
    [{ key: 'app', operator: 'Exists' }, { app: '' }, true],
    [{ key: 'app', operator: 'Exists' }, {}, false],
    [{ key: 'app', operator: 'DoesNotExist' }, { app: '' }, false],
    [{ key: 'app', operator: 'DoesNotExist' }, {}, true],
    [{ key: 'constructor', operator: 'Exists' }, {}, false],
    [{ key: 'n', operator: 'Gt', values: ['3'] }, { n: '4' }, true],
    [{ key: 'n', operator: 'Gt', values: ['3'] }, { n: '3' }, false],
    [{ key: 'n', operator: 'Lt', values: ['3'] }, { n: '-1' }, true],
    // Kubernetes reads both sides as integers.
    [{ key: 'n', operator: 'Gt', values: ['3'] }, { n: '4.5' }, false],
    [{ key: 'n', operator: 'Lt', values: ['3'] }, { n: '' }, false],
    [{ key: 'n', operator: 'Lt', values: [] }, { n: '1' }, false],
    [{ key: 'n', operator: 'Lt', values: ['3'] }, {}, false],
  ]
  it.each(cases)('%j on %j: %s', (requirement, labels, expected) => {
    expect(meetsRequirement(requirement, labels)).toBe(expected)
  })
})

describe('a selector', () => {
  const cases: readonly (readonly [LabelSelector, Record<string, string>, boolean])[] = [
    [{}, { app: 'a' }, true],
    [{ matchLabels: { app: 'a' } }, { app: 'a', tier: 'x' }, true],
    [{ matchLabels: { app: 'a', tier: 'y' } }, { app: 'a', tier: 'x' }, false],
    [
      { matchLabels: { app: 'a' }, matchExpressions: [{ key: 'tier', operator: 'Exists' }] },
      { app: 'a' },
      false,
    ],
  ]
  it.each(cases)('%j on %j: %s', (selector, labels, expected) => {
    expect(selectsLabels(selector, labels)).toBe(expected)
  })

  it('is empty without requirements', () => {
    expect(isEmptySelector({ matchLabels: {}, matchExpressions: [] })).toBe(true)
    expect(isEmptySelector({ matchExpressions: [{ key: 'a', operator: 'Exists' }] })).toBe(false)
    expect(isEmptySelector({ matchLabels: { a: 'b' } })).toBe(false)
  })
})
