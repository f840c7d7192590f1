/** What the workloads of a namespace call at all: their proxies need to know no more. */
import type { Origin } from './origin.ts'

export interface ImportedHost {
  /** Fully qualified name or wildcard, lower case. */
  readonly host: string
  /** The namespace that the host is taken from; absent: any. */
  readonly namespace?: string
}

export interface CallScope {
  readonly name: string
  readonly namespace: string
  /** Labels of the workloads that it is for; absent: all of the namespace, or of the mesh in the root namespace. */
  readonly selector?: Readonly<Record<string, string>>
  readonly imports: readonly ImportedHost[]
  /** What to do with destinations that are not known; absent: as the mesh does. */
  readonly unknownDestinations?: 'pass' | 'refuse'
  readonly createdAt: string
  readonly origin: Origin
}
