import { jsonEqual } from '../../primitives/json-value.ts'
import type { PodTemplateSpec } from '../../resources/core/pod.ts'
import { safeHash } from '../safe-hash.ts'

export const templateHashLabel = 'pod-template-hash'

/** JSON with sorted keys; absent, undefined and null fields are one. */
export const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined && field !== null)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`).join(',')}}`
}

/** The value of `pod-template-hash`: 8 to 10 characters that are safe in names. */
export const templateHash = (template: PodTemplateSpec, collisionCount: number): string =>
  safeHash(`${canonical(template)}${collisionCount === 0 ? '' : collisionCount}`)

/** The template without what the Deployment controller and serializers add to it. */
const comparable = (template: PodTemplateSpec | undefined): unknown => {
  const { labels, creationTimestamp: _, ...metadata } = template?.metadata ?? {}
  const { [templateHashLabel]: __, ...own } = labels ?? {}
  return JSON.parse(canonical({ ...template, metadata: { ...metadata, labels: own } }))
}

/** Equal but for the hash label: the ReplicaSet of that template is the Deployment's current one. */
export const sameTemplate = (
  left: PodTemplateSpec | undefined,
  right: PodTemplateSpec | undefined,
): boolean => jsonEqual(comparable(left), comparable(right))
