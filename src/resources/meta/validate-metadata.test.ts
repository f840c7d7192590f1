import { describe, expect, it } from 'vitest'
import { formatFieldError } from '../field-error.ts'
import type { ObjectMeta } from '../kube-object.ts'
import { validateMetadata } from './validate-metadata.ts'

const problems = (metadata: ObjectMeta): readonly string[] =>
  validateMetadata({ apiVersion: 'v1', kind: 'Thing', metadata }).map(formatFieldError)

const owner = { apiVersion: 'v1', kind: 'X', name: 'x', uid: 'x1' }

describe('metadata of any object', () => {
  it.each<readonly [ObjectMeta, string]>([
    [{ name: 'a/b' }, 'metadata.name: Invalid value: "a/b": a lowercase RFC 1123 subdomain must consist of'],
    [{ name: '..' }, 'metadata.name: Invalid value: "..": a lowercase RFC 1123 subdomain must consist of'],
    [{ name: 'a', labels: { 'a b': 'x' } }, 'metadata.labels: Invalid value: "a b": name part must consist'],
    [
      { name: 'a', labels: { a: 'x y' } },
      'metadata.labels[a]: Invalid value: "x y": a valid label must be an empty string or consist of',
    ],
    [{ name: 'a', annotations: { '/x': '' } }, 'prefix part must be non-empty'],
    [
      { name: 'a', annotations: { a: 'x'.repeat(262_144) } },
      'metadata.annotations: Too long: may not be more than 262144 bytes',
    ],
    [
      { name: 'a', finalizers: [''] },
      'metadata.finalizers[0]: Invalid value: "": name part must be non-empty',
    ],
    [
      { name: 'a', ownerReferences: [{ ...owner, uid: '' }] },
      'metadata.ownerReferences[0].uid: Required value: must not be empty',
    ],
    [
      {
        name: 'a',
        ownerReferences: [
          { ...owner, controller: true },
          { ...owner, uid: 'x2', controller: true },
        ],
      },
      'Only one reference can have Controller set to true. Found "true" in references for X/x and X/x',
    ],
  ])('%j: one problem', (metadata, expected) => {
    expect(problems(metadata)).toEqual([expect.stringContaining(expected)])
  })

  it('is fine as users write it', () => {
    expect(
      problems({
        name: 'web.v1',
        namespace: 'default',
        labels: { 'app.kubernetes.io/name': 'web', x: '' },
        annotations: { 'Example.com/Key': 'anything at all' },
        finalizers: ['example.com/keep'],
        ownerReferences: [{ ...owner, controller: true }, owner],
      }),
    ).toEqual([])
  })
})
