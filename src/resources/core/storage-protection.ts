/** Finalizers that keep storage while it is used. */

/** Until no pod uses the claim. */
export const claimProtection = 'kubernetes.io/pvc-protection'
/** Until the volume is bound to no claim. */
export const volumeProtection = 'kubernetes.io/pv-protection'
