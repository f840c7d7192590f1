/** Metadata of any object (apimachinery validation.ValidateObjectMeta). */
import { invalid, required, tooLong } from '../field-error.ts'
import { child, item, itemsAt } from '../field-path.ts'
import type { FieldError } from '../kind.ts'
import type { KubeObject, OwnerReference } from '../kube-object.ts'
import { dnsLabelProblem, dnsSubdomainProblem, qualifiedNameProblem } from './name-syntax.ts'
import type { SyntaxCheck } from './name-syntax.ts'
import { validateLabels } from './validate-labels.ts'

/** 256 KiB for all annotations of an object. */
const ANNOTATIONS_LIMIT = 256 * 1024

const nameErrors = (metadata: KubeObject['metadata'], check: SyntaxCheck): readonly FieldError[] => {
  const name = metadata.name ?? ''
  if (name === '') {
    return (metadata.generateName ?? '') === ''
      ? [required('metadata.name', 'name or generateName is required')]
      : []
  }
  const problem = check(name)
  return problem === undefined ? [] : [invalid('metadata.name', name, problem)]
}

const namespaceErrors = ({ namespace = '' }: KubeObject['metadata']): readonly FieldError[] => {
  const problem = namespace === '' ? undefined : dnsLabelProblem(namespace)
  return problem === undefined ? [] : [invalid('metadata.namespace', namespace, problem)]
}

const annotationErrors = (annotations: Readonly<Record<string, string>>): readonly FieldError[] => {
  const size = Object.entries(annotations).reduce((sum, [key, value]) => sum + key.length + value.length, 0)
  const keys = Object.keys(annotations).flatMap((key) => {
    const problem = qualifiedNameProblem(key.toLowerCase())
    return problem === undefined ? [] : [invalid(item('metadata.annotations', key), key, problem)]
  })
  return size > ANNOTATIONS_LIMIT
    ? [...keys, tooLong('metadata.annotations', `may not be more than ${ANNOTATIONS_LIMIT} bytes`)]
    : keys
}

const finalizerErrors = (finalizers: readonly string[] | undefined): readonly FieldError[] =>
  itemsAt('metadata.finalizers', finalizers).flatMap(({ path, value }) => {
    const problem = qualifiedNameProblem(value)
    return problem === undefined ? [] : [invalid(path, value, problem)]
  })

const ownerErrors = (owners: readonly OwnerReference[]): readonly FieldError[] => {
  const missing = itemsAt('metadata.ownerReferences', owners).flatMap(({ path, value }) =>
    (['apiVersion', 'kind', 'name', 'uid'] as const)
      .filter((field) => !value[field])
      .map((field) => required(child(path, field), 'must not be empty')),
  )
  const [first, second] = owners.filter(({ controller }) => controller === true)
  if (first === undefined || second === undefined) return missing
  const message = `Only one reference can have Controller set to true. Found "true" in references for ${first.kind}/${first.name} and ${second.kind}/${second.name}`
  return [...missing, { field: 'metadata.ownerReferences', reason: 'FieldValueInvalid', message }]
}

/** `nameProblem`: what the kind asks of a name; by default a DNS subdomain. */
export const validateMetadata = (
  { metadata }: KubeObject,
  nameProblem: SyntaxCheck = dnsSubdomainProblem,
): readonly FieldError[] => [
  ...nameErrors(metadata, nameProblem),
  ...namespaceErrors(metadata),
  ...validateLabels('metadata.labels', metadata.labels),
  ...annotationErrors(metadata.annotations ?? {}),
  ...finalizerErrors(metadata.finalizers),
  ...ownerErrors(metadata.ownerReferences ?? []),
]
