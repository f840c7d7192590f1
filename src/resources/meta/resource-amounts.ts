/** Maps of resource names to quantities (core/v1 ResourceList). */
import { compareQuantities, parseQuantity } from '../../primitives/quantity.ts'
import { invalid } from '../field-error.ts'
import { item } from '../field-path.ts'
import type { FieldError } from '../kind.ts'
import { qualifiedNameProblem } from './name-syntax.ts'

type Amounts = Readonly<Record<string, string | number>>

/** Negative, zero or positive as `left` is below, equal to or above `right`; undefined when one is no quantity. */
export const amountOrder = (left: string | number, right: string | number): number | undefined => {
  const [first, second] = [parseQuantity(String(left)), parseQuantity(String(right))]
  return first.ok && second.ok ? compareQuantities(first.value, second.value) : undefined
}

const oneError = (path: string, name: string, amount: string | number): readonly FieldError[] => {
  const nameProblem = qualifiedNameProblem(name)
  if (nameProblem !== undefined) return [invalid(path, name, nameProblem)]
  const quantity = parseQuantity(String(amount))
  if (!quantity.ok) return [invalid(item(path, name), amount, quantity.error)]
  return quantity.value.nano < 0n
    ? [invalid(item(path, name), amount, 'must be greater than or equal to 0')]
    : []
}

/** What is wrong with the names and quantities. */
export const amountErrors = (path: string, amounts: Amounts | undefined): readonly FieldError[] =>
  Object.entries(amounts ?? {}).flatMap(([name, amount]) => oneError(path, name, amount))
