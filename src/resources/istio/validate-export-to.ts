/** `exportTo`: the namespaces that see an object. */
import { duplicate, forbidden, invalid } from '../field-error.ts'
import { itemsAt } from '../field-path.ts'
import { isDnsLabel } from './host-syntax.ts'
import { when } from './when.ts'
import type { Findings } from './when.ts'

export const validateExportTo = (
  exportTo: readonly string[] | undefined,
  namespace: string,
  hasWorkloadSelector: boolean,
): Findings => {
  const entries = itemsAt('spec.exportTo', exportTo)
  const names = entries.map(({ value }) => (value === '.' ? namespace : value))
  const each = entries.flatMap(({ path, value, index }) => {
    const name = names[index] ?? value
    return [
      ...when(
        value !== '.' && value !== '*' && !isDnsLabel(value),
        invalid(path, value, "must be '.', '*' or the name of a namespace"),
      ),
      ...when(names.indexOf(name) < index, duplicate(path, value)),
    ]
  })
  const unique = new Set(names)
  const selected = hasWorkloadSelector && unique.size > 0
  return [
    ...each,
    ...when(
      unique.has('*') && entries.length > 1,
      forbidden('spec.exportTo', "cannot have both public (*) and other namespaces; write '*' alone"),
    ),
    ...when(
      selected && !(unique.size === 1 && unique.has(namespace)),
      forbidden(
        'spec.exportTo',
        "a destination rule with a workload selector is only for its own namespace; write '.'",
      ),
    ),
  ]
}
