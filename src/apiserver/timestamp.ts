/** Times as Kubernetes writes them. */

/** RFC 3339 in UTC with whole seconds, as metav1.Time is written; from milliseconds since the epoch. */
export const timestampText = (milliseconds: number): string =>
  `${new Date(milliseconds).toISOString().slice(0, 19)}Z`
