/** The contract of admission: what may change or refuse an object between its decoding and its storing. */
import type { Result } from '../primitives/result.ts'
import type { FailureStatus } from '../machinery/api-error.ts'
import type { Kind } from '../resources/kind.ts'
import type { KubeObject } from '../resources/kube-object.ts'

export type AdmissionOperation = 'CREATE' | 'UPDATE' | 'DELETE'

/** Who makes a request: a user's name and groups, as a client certificate's CN and O give them. */
export interface Identity {
  readonly name: string
  readonly groups: readonly string[]
}

/** One object on its way into the store (admission.k8s.io/v1 AdmissionRequest, in this server's words). */
export interface AdmissionRequest {
  readonly operation: AdmissionOperation
  readonly kind: Kind
  /** 'status' or another subresource when the request is for one; admission of the main resource has none. */
  readonly subresource?: string
  /** The object's namespace as stored; absent for cluster-scoped kinds. */
  readonly namespace?: KubeObject
  /** The object with defaults applied; on DELETE the object as it is stored. */
  readonly object: KubeObject
  /** The stored object, on UPDATE and DELETE. */
  readonly old?: KubeObject
  readonly user: Identity
  readonly dryRun: boolean
}

/** Gives the object to store instead (the same one when nothing changes), or refuses. Runs in the order given. */
export type Mutator = (
  request: AdmissionRequest,
) => Result<KubeObject, FailureStatus> | Promise<Result<KubeObject, FailureStatus>>

/** Refuses with a status, or gives undefined. Runs after all mutators. */
export type Validator = (
  request: AdmissionRequest,
) => FailureStatus | undefined | Promise<FailureStatus | undefined>

/** Runs all mutators, each on the result of the one before; the first refusal ends it. */
export const runMutators = async (
  mutators: readonly Mutator[],
  request: AdmissionRequest,
): Promise<Result<KubeObject, FailureStatus>> => {
  let object = request.object
  for (const mutate of mutators) {
    const outcome = await mutate({ ...request, object })
    if (!outcome.ok) return outcome
    object = outcome.value
  }
  return { ok: true, value: object }
}

/** The first refusal, if any. */
export const runValidators = async (
  validators: readonly Validator[],
  request: AdmissionRequest,
): Promise<FailureStatus | undefined> => {
  for (const validate of validators) {
    const refusal = await validate(request)
    if (refusal !== undefined) return refusal
  }
  return undefined
}
