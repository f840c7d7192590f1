/** What every object's metadata must obey (apimachinery validation.ValidateObjectMeta), beside the kind's own rules for names. */
import type { FieldError } from '../resources/kind.ts'
import type { ObjectMeta, OwnerReference } from '../resources/kube-object.ts'
import { labelKeyProblem, labelValueProblem } from './label-syntax.ts'

/** Kubernetes' limit for all annotations of an object together (bytes; counted in UTF-16 units here at least). */
const maximumAnnotationSize = 256 * 1024

export const validateObjectMeta = (metadata: ObjectMeta, namespaced: boolean): readonly FieldError[] => [
  ...nameErrors(metadata.name),
  ...namespaceErrors(metadata.namespace, namespaced),
  ...labelErrors(metadata.labels ?? {}),
  ...annotationErrors(metadata.annotations ?? {}),
  ...ownerErrors(metadata.ownerReferences ?? []),
  ...(metadata.finalizers ?? []).flatMap((value, index) =>
    invalidWhen(`metadata.finalizers[${index}]`, value, labelKeyProblem(value)),
  ),
]

const invalidWhen = (field: string, value: string, problem: string | undefined): readonly FieldError[] =>
  problem === undefined ? [] : [{ field, reason: 'FieldValueInvalid', value, message: problem }]

const required = (field: string, message: string): FieldError => ({
  field,
  reason: 'FieldValueRequired',
  message,
})

/** What holds for every kind, since names are path segments. */
const nameErrors = (name: string): readonly FieldError[] => {
  if (name === '') return [required('metadata.name', 'name or generateName is required')]
  const problem =
    name === '.' || name === '..'
      ? `may not be '${name}'`
      : name.includes('/')
        ? "may not contain '/'"
        : name.includes('%')
          ? "may not contain '%'"
          : undefined
  return invalidWhen('metadata.name', name, problem)
}

const namespaceErrors = (namespace: string | undefined, namespaced: boolean): readonly FieldError[] => {
  if (namespaced) return namespace ? [] : [required('metadata.namespace', '')]
  if (!namespace) return []
  return [{ field: 'metadata.namespace', reason: 'FieldValueForbidden', message: 'not allowed on this type' }]
}

const labelErrors = (labels: Readonly<Record<string, string>>): readonly FieldError[] =>
  Object.entries(labels).flatMap(([key, value]) => [
    ...invalidWhen('metadata.labels', key, labelKeyProblem(key)),
    ...invalidWhen('metadata.labels', value, labelValueProblem(value)),
  ])

const annotationErrors = (annotations: Readonly<Record<string, string>>): readonly FieldError[] => {
  const size = Object.entries(annotations).reduce((sum, [key, value]) => sum + key.length + value.length, 0)
  return [
    ...Object.keys(annotations).flatMap((key) =>
      invalidWhen('metadata.annotations', key, labelKeyProblem(key.toLowerCase())),
    ),
    ...(size > maximumAnnotationSize
      ? [
          {
            field: 'metadata.annotations',
            reason: 'FieldValueTooLong' as const,
            message: `may not be more than ${maximumAnnotationSize} bytes`,
          },
        ]
      : []),
  ]
}

const ownerErrors = (owners: readonly OwnerReference[]): readonly FieldError[] => {
  const controllers = owners.filter(({ controller }) => controller === true)
  const missing = owners.flatMap((owner, index) =>
    (['apiVersion', 'kind', 'name', 'uid'] as const)
      .filter((field) => !owner[field])
      .map((field) => required(`metadata.ownerReferences[${index}].${field}`, 'must not be empty')),
  )
  if (controllers.length < 2) return missing
  const [first, second] = controllers
  const message = `Only one reference can have Controller set to true. Found "true" in references for ${first?.kind}/${first?.name} and ${second?.kind}/${second?.name}`
  return [...missing, { field: 'metadata.ownerReferences', reason: 'FieldValueInvalid', message }]
}
