/** Metadata of any object. */
import { invalid, required, tooLong } from '../field-error.ts'
import { item } from '../field-path.ts'
import type { FieldError } from '../kind.ts'
import type { KubeObject } from '../kube-object.ts'
import { dnsSubdomainProblem, qualifiedNameProblem } from './name-syntax.ts'
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

/** `nameProblem`: what the kind asks of a name; by default a DNS subdomain. */
export const validateMetadata = (
  { metadata }: KubeObject,
  nameProblem: SyntaxCheck = dnsSubdomainProblem,
): readonly FieldError[] => [
  ...nameErrors(metadata, nameProblem),
  ...validateLabels('metadata.labels', metadata.labels),
  ...annotationErrors(metadata.annotations ?? {}),
]
