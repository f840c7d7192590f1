/** Kubernetes' quantity library. */
import type { Environment } from '@marcbachmann/cel-js'
import {
  addQuantities,
  compareQuantities,
  formatQuantity,
  parseQuantity,
  type Quantity as Amount,
} from '../../../primitives/quantity.ts'
import { celFailure } from './cel-failure.ts'

const NANO = 1_000_000_000n

/** A value of the CEL type `kubernetes.Quantity`. */
export class Quantity {
  readonly amount: Amount

  constructor(amount: Amount) {
    this.amount = amount
  }

  toString(): string {
    return formatQuantity(this.amount)
  }

  valueOf(): bigint {
    return this.amount.nano
  }
}

const quantityOf = (text: string): Quantity => {
  const parsed = parseQuantity(text)
  if (!parsed.ok) throw celFailure(parsed.error)
  return new Quantity(parsed.value)
}

const whole = (units: bigint): Quantity => new Quantity({ nano: units * NANO, format: 'DecimalSI' })

const sum = (left: Quantity, right: Quantity): Quantity =>
  new Quantity(addQuantities(left.amount, right.amount))

const negative = ({ amount }: Quantity): Quantity => new Quantity({ ...amount, nano: -amount.nano })

const isInteger = ({ amount }: Quantity): boolean =>
  amount.nano % NANO === 0n && BigInt.asIntN(64, amount.nano / NANO) === amount.nano / NANO

const asInteger = (quantity: Quantity): bigint => {
  if (!isInteger(quantity)) throw celFailure('cannot convert value to integer')
  return quantity.amount.nano / NANO
}

const compare = (left: Quantity, right: Quantity): number => compareQuantities(left.amount, right.amount)

const sign = ({ amount }: Quantity): bigint => (amount.nano > 0n ? 1n : amount.nano < 0n ? -1n : 0n)

const TYPE = 'kubernetes.Quantity'

export const registerQuantities = (environment: Environment): void => {
  environment
    .registerType(TYPE, { ctor: Quantity, fields: {} })
    .registerOperator(`${TYPE} == ${TYPE}`, (a: Quantity, b: Quantity) => compare(a, b) === 0)
    .registerFunction(`quantity(string): ${TYPE}`, quantityOf)
    .registerFunction('isQuantity(string): bool', (text: string) => parseQuantity(text).ok)
    .registerFunction(`${TYPE}.isInteger(): bool`, isInteger)
    .registerFunction(`${TYPE}.asInteger(): int`, asInteger)
    .registerFunction(
      `${TYPE}.asApproximateFloat(): double`,
      ({ amount }: Quantity) => Number(amount.nano) / Number(NANO),
    )
    .registerFunction(`${TYPE}.sign(): int`, sign)
    .registerFunction(`${TYPE}.add(${TYPE}): ${TYPE}`, sum)
    .registerFunction(`${TYPE}.add(int): ${TYPE}`, (a: Quantity, b: bigint) => sum(a, whole(b)))
    .registerFunction(`${TYPE}.sub(${TYPE}): ${TYPE}`, (a: Quantity, b: Quantity) => sum(a, negative(b)))
    .registerFunction(`${TYPE}.sub(int): ${TYPE}`, (a: Quantity, b: bigint) => sum(a, whole(-b)))
    .registerFunction(`${TYPE}.isLessThan(${TYPE}): bool`, (a: Quantity, b: Quantity) => compare(a, b) < 0)
    .registerFunction(`${TYPE}.isGreaterThan(${TYPE}): bool`, (a: Quantity, b: Quantity) => compare(a, b) > 0)
    .registerFunction(`${TYPE}.compareTo(${TYPE}): int`, (a: Quantity, b: Quantity) => BigInt(compare(a, b)))
}
