/** Which objects a list or watch shows: the one it names, its labelSelector and its fieldSelector. */
import type { FailureStatus } from '../machinery/api-error.ts'
import { ok, type Result } from '../primitives/result.ts'
import type { Kind } from '../resources/kind.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import type { StoredValue } from '../store/store.ts'
import { decodeStored } from './stored-object.ts'

export interface Selection {
  /** True when nothing is filtered: objects need not be looked at. */
  readonly everything: boolean
  readonly matches: (object: KubeObject) => boolean
  readonly matchesStored: (stored: StoredValue) => boolean
}

export const selectionOf = (
  kind: Kind,
  name: string | undefined,
  query: URLSearchParams,
): Result<Selection, FailureStatus> => {
  const matches = (object: KubeObject): boolean => name === undefined || object.metadata.name === name
  return ok({ everything: name === undefined, matches, matchesStored: (stored) => matches(decodeStored(kind, 'v1', stored)) })
}
