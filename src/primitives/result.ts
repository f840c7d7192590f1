/** Values that mean the same everywhere: results, coded errors, durations, quantities, addresses, the clock port. */

/** An expected outcome that may fail: failures a caller must handle are values, thrown errors are bugs or lost resources. */
export type Result<T, E> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E }

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value })

export const fail = <E>(error: E): { readonly ok: false; readonly error: E } => ({ ok: false, error })
