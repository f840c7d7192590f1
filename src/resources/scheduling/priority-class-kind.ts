/** PriorityClass's row in the table of kinds. */
import { defineKind } from '../define-kind.ts'
import { forbidden, notSupported } from '../field-error.ts'
import { fill } from '../fill-defaults.ts'
import type { FieldError } from '../kind.ts'
import { ageColumn, column, nameColumn } from '../meta/printer-columns.ts'
import { validateMetadata } from '../meta/validate-metadata.ts'
import { highestUserPriority, systemPriorities, type PriorityClass } from './priority-class.ts'

const POLICIES = ['Never', 'PreemptLowerPriority']

const valueErrors = ({ metadata, value }: PriorityClass): readonly FieldError[] => {
  const { name } = metadata
  if (!name.startsWith('system-')) {
    return value > highestUserPriority
      ? [forbidden('value', `maximum allowed value of a user defined priority is ${highestUserPriority}`)]
      : []
  }
  return systemPriorities.get(name) === value
    ? []
    : [
        forbidden(
          'metadata.name',
          "priority class names with 'system-' prefix are reserved for system use only. error: it has not the name and value of a system class",
        ),
      ]
}

const validate = (object: PriorityClass, old?: PriorityClass): readonly FieldError[] => [
  ...validateMetadata(object),
  ...valueErrors(object),
  ...(object.preemptionPolicy === undefined || POLICIES.includes(object.preemptionPolicy)
    ? []
    : [notSupported('preemptionPolicy', object.preemptionPolicy, POLICIES)]),
  ...(old === undefined || old.value === object.value
    ? []
    : [forbidden('value', 'may not be changed in an update.')]),
  ...(old === undefined || old.preemptionPolicy === object.preemptionPolicy
    ? []
    : [forbidden('preemptionPolicy', 'may not be changed in an update.')]),
]

export const priorityClassKind = defineKind<PriorityClass>({
  group: 'scheduling.k8s.io',
  kind: 'PriorityClass',
  plural: 'priorityclasses',
  shortNames: ['pc'],
  namespaced: false,
  versions: ['v1'],
  columns: [
    nameColumn,
    column<PriorityClass>('Value', 'How important its pods are.', ({ value }) => value, { type: 'integer' }),
    column<PriorityClass>(
      'Global-Default',
      'Whether pods without a class get this one.',
      ({ globalDefault }) => globalDefault ?? false,
      { type: 'boolean' },
    ),
    ageColumn,
    column<PriorityClass>(
      'PreemptionPolicy',
      'Whether pods of lower priority may be ended for its pods.',
      ({ preemptionPolicy }) => preemptionPolicy ?? '',
    ),
  ],
  applyDefaults: (object) => fill(object, { preemptionPolicy: 'PreemptLowerPriority' }),
  generationChanges: () => false,
  validate,
})
