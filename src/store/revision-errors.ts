/** What can be wrong with a revision that somebody asks for. */
import { CodedError } from '../primitives/coded-error.ts'

export const compactedError = (revision: number, compacted: number): CodedError =>
  new CodedError(
    'store-revision-compacted',
    `revision ${revision} is compacted; events are kept after ${compacted}: list again and watch from there`,
  )

export const futureWatchError = (revision: number, last: number): CodedError =>
  new CodedError(
    'store-revision-unknown',
    `revision ${revision} is in the future; the last one is ${last}: list again and watch from there`,
  )

export const futureCompactionError = (revision: number, last: number): CodedError =>
  new CodedError('store-revision-unknown', `cannot compact through ${revision}: the last revision is ${last}`)

export const gapError = (revision: number, next: number): CodedError =>
  new CodedError(
    'store-log-gap',
    `the event log jumps from revision ${revision} to ${next}: the store's directory is damaged`,
  )
