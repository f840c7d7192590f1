import { expect, test } from 'vitest'
import { CodedError, errorCodeOf } from './coded-error.ts'

test.each([
  [Object.assign(new Error('no such file'), { code: 'ENOENT' }), 'ENOENT'],
  [new CodedError('host-port-in-use', 'in use'), 'host-port-in-use'],
  [Object.assign(new Error('numbers are no codes'), { code: 7 }), undefined],
  [new Error('without'), undefined],
  [{ code: 'ENOENT' }, undefined],
  [undefined, undefined],
])('the code of %s', (thrown, code) => {
  expect(errorCodeOf(thrown)).toBe(code)
})
