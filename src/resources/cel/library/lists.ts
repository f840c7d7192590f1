/** Kubernetes' list library, and cel-go's list extension. */
import type { Environment } from '@marcbachmann/cel-js'
import { celEqual } from '../cel-values.ts'
import { celFailure } from './cel-failure.ts'

type List = readonly unknown[]

/** Below, equal or above: for values of one comparable type. */
const compare = (left: unknown, right: unknown): number => {
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0
  const [a, b] = [Number(left), Number(right)]
  if (typeof left === 'bigint' && typeof right === 'bigint') return left < right ? -1 : left > right ? 1 : 0
  return a < b ? -1 : a > b ? 1 : 0
}

const isSorted = (list: List): boolean =>
  list.every((item, index) => index === 0 || compare(list[index - 1], item) <= 0)

const extreme = (list: List, sign: 1 | -1): unknown => {
  const [first, ...rest] = list
  if (first === undefined) throw celFailure(`${sign < 0 ? 'min' : 'max'} called on empty list`)
  return rest.reduce((best, item) => (compare(item, best) * sign > 0 ? item : best), first)
}

const indexOf = (list: List, wanted: unknown): bigint =>
  BigInt(list.findIndex((item) => celEqual(item, wanted)))

const lastIndexOf = (list: List, wanted: unknown): bigint =>
  BigInt(list.findLastIndex((item) => celEqual(item, wanted)))

const distinct = (list: List): List =>
  list.filter((item, index) => list.findIndex((other) => celEqual(other, item)) === index)

const slice = (list: List, from: bigint, to: bigint): List => {
  if (from < 0n || to < from || to > BigInt(list.length)) {
    throw celFailure(`cannot slice(${from}, ${to}), list is length ${list.length}`)
  }
  return list.slice(Number(from), Number(to))
}

const flattened = (list: List, depth: bigint): List =>
  depth < 0n
    ? list
    : list.flatMap((item) => (Array.isArray(item) ? flattened(item as List, depth - 1n) : [item]))

const COMPARABLE = [
  'int',
  'uint',
  'double',
  'bool',
  'string',
  'google.protobuf.Duration',
  'google.protobuf.Timestamp',
]

export const registerLists = (environment: Environment): void => {
  for (const type of COMPARABLE) {
    environment
      .registerFunction(`list<${type}>.isSorted(): bool`, isSorted)
      .registerFunction(`list<${type}>.min(): ${type}`, (list: List) => extreme(list, -1))
      .registerFunction(`list<${type}>.max(): ${type}`, (list: List) => extreme(list, 1))
      .registerFunction(`list<${type}>.sort(): list<${type}>`, (list: List) => list.toSorted(compare))
  }
  environment
    .registerFunction('list<int>.sum(): int', (list: readonly bigint[]) => list.reduce((a, b) => a + b, 0n))
    .registerFunction('list<double>.sum(): double', (list: readonly number[]) =>
      list.reduce((a, b) => a + b, 0),
    )
    .registerFunction('list<T>.indexOf(T): int', indexOf)
    .registerFunction('list<T>.lastIndexOf(T): int', lastIndexOf)
    .registerFunction('list<T>.distinct(): list<T>', distinct)
    .registerFunction('list<T>.reverse(): list<T>', (list: List) => list.toReversed())
    .registerFunction('list<T>.slice(int, int): list<T>', slice)
    .registerFunction('list<list<T>>.flatten(): list<T>', (list: List) => flattened(list, 0n))
    .registerFunction('list<dyn>.flatten(int): list<dyn>', (list: List, depth: bigint) =>
      flattened(list, depth - 1n),
    )
}
