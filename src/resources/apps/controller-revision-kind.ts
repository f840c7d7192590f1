/** ControllerRevision's row in the table of kinds. */
import { jsonEqual } from '../../primitives/json-value.ts'
import { defineKind } from '../define-kind.ts'
import { invalid, required } from '../field-error.ts'
import type { FieldError } from '../kind.ts'
import type { KubeObject } from '../kube-object.ts'
import { ageColumn, column, nameColumn } from '../meta/printer-columns.ts'
import { validateMetadata } from '../meta/validate-metadata.ts'
import type { ControllerRevision } from './controller-revision.ts'
import { notNegative } from './validate-workload.ts'

/** As kubectl names its owner: `statefulset.apps/web`. */
const controllerText = ({ metadata }: KubeObject): string => {
  const owner = (metadata.ownerReferences ?? []).find(({ controller }) => controller === true)
  if (owner === undefined) return '<none>'
  const group = owner.apiVersion.includes('/') ? `.${owner.apiVersion.split('/')[0]}` : ''
  return `${owner.kind.toLowerCase()}${group}/${owner.name}`
}

const validate = (revision: ControllerRevision, old?: ControllerRevision): readonly FieldError[] => [
  ...validateMetadata(revision),
  ...notNegative('revision', revision.revision),
  ...(revision.data === undefined || revision.data === null ? [required('data', 'data is mandatory')] : []),
  ...(old === undefined || jsonEqual(old.data, revision.data)
    ? []
    : [invalid('data', revision.data ?? null, 'field is immutable')]),
]

export const controllerRevisionKind = defineKind<ControllerRevision>({
  group: 'apps',
  kind: 'ControllerRevision',
  plural: 'controllerrevisions',
  namespaced: true,
  versions: ['v1'],
  columns: [
    nameColumn,
    column<ControllerRevision>('Controller', 'Controller of the object', controllerText),
    column<ControllerRevision>(
      'Revision',
      'Revision indicates the revision of the state represented by Data.',
      ({ revision }) => revision,
      { type: 'integer' },
    ),
    ageColumn,
  ],
  validate,
  generationChanges: () => false,
})
