import { fc, test as property } from '@fast-check/vitest'
import { expect, test } from 'vitest'
import { isolateCulprit } from './isolate-culprit.ts'

test('a single resource is at fault', () => {
  expect(isolateCulprit('anything', ['a'])).toEqual({ culprits: ['a'], retry: [] })
})

test('Envoy names the culprits', () => {
  const names = ['outbound|80||a.ns', 'outbound|80||a.ns2', 'other']
  expect(
    isolateCulprit('Error adding/updating cluster(s) outbound|80||a.ns: no, other: neither', names),
  ).toEqual({
    culprits: ['outbound|80||a.ns', 'other'],
    retry: [['outbound|80||a.ns2']],
  })
})

test('a name inside a longer word is not named', () => {
  expect(isolateCulprit('the database is bad', ['a', 'data'])).toEqual({
    culprits: [],
    retry: [['a'], ['data']],
  })
})

const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{3,6}$/), { minLength: 1, maxLength: 12 })

property.prop([names])(
  'nothing is lost: every name is a culprit or tried again, and parts get smaller',
  (all) => {
    const { culprits, retry } = isolateCulprit('unknown words', all)
    expect([...culprits, ...retry.flat()].toSorted()).toEqual([...all].toSorted())
    for (const part of retry) expect(part.length).toBeLessThan(all.length)
  },
)
