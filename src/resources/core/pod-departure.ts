/** How the control plane tells the node that a pod which is being deleted gets no more requests. */

/** Annotation of a Pod: since when (RFC 3339) no proxy has it among its endpoints. */
export const DEPARTED_ANNOTATION = 'weft.dev/departed'
