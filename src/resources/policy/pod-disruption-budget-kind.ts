/** PodDisruptionBudget's row in the table of kinds. */
import { defineKind } from '../define-kind.ts'
import { invalid } from '../field-error.ts'
import type { FieldError } from '../kind.ts'
import { ageColumn, column, nameColumn } from '../meta/printer-columns.ts'
import { amountProblem } from '../meta/amount.ts'
import { validateLabelSelector } from '../meta/validate-labels.ts'
import { validateMetadata } from '../meta/validate-metadata.ts'
import type { PodDisruptionBudget } from './pod-disruption-budget.ts'

const amountColumn = (name: string, field: 'minAvailable' | 'maxUnavailable') =>
  column<PodDisruptionBudget>(name, `The budget's ${field}.`, ({ spec }) => String(spec?.[field] ?? 'N/A'))

const validate = (budget: PodDisruptionBudget): readonly FieldError[] => {
  const spec = budget.spec ?? {}
  const { minAvailable, maxUnavailable, selector } = spec
  return [
    ...validateMetadata(budget),
    ...(minAvailable !== undefined && maxUnavailable !== undefined
      ? [
          invalid(
            'spec',
            { minAvailable, maxUnavailable },
            'minAvailable and maxUnavailable cannot be both set',
          ),
        ]
      : []),
    ...(['minAvailable', 'maxUnavailable'] as const).flatMap((field) => {
      const problem = amountProblem(spec[field])
      return problem === undefined ? [] : [invalid(`spec.${field}`, spec[field] ?? '', problem)]
    }),
    ...(selector === undefined ? [] : validateLabelSelector('spec.selector', selector)),
  ]
}

export const podDisruptionBudgetKind = defineKind<PodDisruptionBudget>({
  group: 'policy',
  kind: 'PodDisruptionBudget',
  plural: 'poddisruptionbudgets',
  shortNames: ['pdb'],
  namespaced: true,
  versions: ['v1'],
  subresources: { status: true },
  columns: [
    nameColumn,
    amountColumn('Min Available', 'minAvailable'),
    amountColumn('Max Unavailable', 'maxUnavailable'),
    column<PodDisruptionBudget>(
      'Allowed Disruptions',
      'How many more pods may be disrupted.',
      ({ status }) => status?.disruptionsAllowed ?? 0,
      { type: 'integer' },
    ),
    ageColumn,
  ],
  validate,
  warnings: () => [
    'PodDisruptionBudget is stored but not enforced by this cluster: evictions do not ask for it',
  ],
})
