/** LimitRange's row in the table of kinds. */
import { defineKind } from '../define-kind.ts'
import { invalid } from '../field-error.ts'
import { child, item, itemsAt } from '../field-path.ts'
import type { FieldError } from '../kind.ts'
import { column, nameColumn } from '../meta/printer-columns.ts'
import { amountErrors, amountOrder } from '../meta/resource-amounts.ts'
import { validateMetadata } from '../meta/validate-metadata.ts'
import type { LimitRange, LimitRangeItem } from './resource-quota.ts'

const AMOUNTS = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const

/** Kubernetes asks for min <= defaultRequest <= default <= max. */
const orderErrors = (path: string, limits: LimitRangeItem): readonly FieldError[] =>
  Object.entries(limits.min ?? {}).flatMap(([name, min]) => {
    const max = limits.max?.[name]
    return max === undefined || (amountOrder(min, max) ?? 0) <= 0
      ? []
      : [invalid(item(child(path, 'min'), name), min, `min value ${min} is greater than max value ${max}`)]
  })

export const limitRangeKind = defineKind<LimitRange>({
  group: '',
  kind: 'LimitRange',
  plural: 'limitranges',
  shortNames: ['limits'],
  namespaced: true,
  versions: ['v1'],
  columns: [
    nameColumn,
    column<LimitRange>(
      'Created At',
      'When the limits were made.',
      ({ metadata }) => metadata.creationTimestamp ?? '',
    ),
  ],
  generationChanges: () => false,
  validate: (range) => [
    ...validateMetadata(range),
    ...itemsAt('spec.limits', range.spec?.limits).flatMap(({ path, value }) => [
      ...AMOUNTS.flatMap((field) => amountErrors(child(path, field), value[field])),
      ...orderErrors(path, value),
    ]),
  ],
  warnings: () => [
    'LimitRange is stored but not enforced by this cluster: it gives no defaults and refuses no pod',
  ],
})
