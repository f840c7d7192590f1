/** What the mesh means: services, workloads, route tables, gateways and policies, in no vendor's words. */

/** The user's object that a value comes from; `field` is a path into it such as `spec.http[0].route[1].weight`. */
export interface Origin {
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly generation: number
  readonly field?: string
}

/** Identifies the object behind an origin, whatever its generation: `VirtualService/default/myapp`. */
export const originKey = (origin: {
  readonly kind: string
  readonly namespace: string
  readonly name: string
}): string => `${origin.kind}/${origin.namespace}/${origin.name}`

/** The same object, at a field of it. */
export const atField = (origin: Origin, field: string): Origin => ({ ...origin, field })

/** Age order: the older first, then by name and namespace, so that ties fall the same way everywhere. */
export const byAge = (left: Aged, right: Aged): number =>
  compareText(left.createdAt, right.createdAt) ||
  compareText(left.name, right.name) ||
  compareText(left.namespace, right.namespace)

interface Aged {
  /** RFC 3339 in UTC, so that text order is time order; '' sorts first. */
  readonly createdAt: string
  readonly name: string
  readonly namespace: string
}

const compareText = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0)
