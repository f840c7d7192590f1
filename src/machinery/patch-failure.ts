/** Why a patch could not be applied; status-errors.ts gives it the API's words. */

export interface PatchFailure {
  /** `malformed`: the patch itself is wrong (400); `inapplicable`: it does not fit this object (422). */
  readonly kind: 'malformed' | 'inapplicable'
  readonly message: string
}

/** Thrown inside a patch's recursion, caught at its one entry; never leaves this folder. */
export class PatchAbort extends Error {
  readonly failure: PatchFailure

  constructor(kind: PatchFailure['kind'], message: string) {
    super(message)
    this.failure = { kind, message }
  }
}
