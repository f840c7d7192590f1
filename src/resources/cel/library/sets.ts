/** cel-go's sets extension. */
import type { Environment } from '@marcbachmann/cel-js'
import { celEqual } from '../cel-values.ts'

type List = readonly unknown[]

class SetsNamespace {}

const has = (list: List, wanted: unknown): boolean => list.some((item) => celEqual(item, wanted))
const contains = (list: List, sublist: List): boolean => sublist.every((item) => has(list, item))

export const registerSets = (environment: Environment): void => {
  environment
    .registerType('SetsNamespace', { ctor: SetsNamespace, fields: {} })
    .registerConstant('sets', 'SetsNamespace', new SetsNamespace())
    .registerFunction(
      'SetsNamespace.contains(list<T>, list<T>): bool',
      (_: SetsNamespace, list: List, sublist: List) => contains(list, sublist),
    )
    .registerFunction(
      'SetsNamespace.equivalent(list<T>, list<T>): bool',
      (_: SetsNamespace, left: List, right: List) => contains(left, right) && contains(right, left),
    )
    .registerFunction(
      'SetsNamespace.intersects(list<T>, list<T>): bool',
      (_: SetsNamespace, left: List, right: List) => left.some((item) => has(right, item)),
    )
}
