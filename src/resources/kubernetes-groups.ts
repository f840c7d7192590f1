/** Which kinds are Kubernetes' own: the others are custom resources there, and behave as such. */

/** Groups below k8s.io whose kinds come by CustomResourceDefinitions. */
const CUSTOM = /(?:^|\.)(?:gateway\.networking|x-k8s|[a-z0-9-]+\.x-k8s)\.(?:k8s\.)?io$/

/**
 * True for kinds that Kubernetes serves itself: they have strategic merge patches and protobuf, and an update without
 * resourceVersion is taken.
 */
export const isKubernetesKind = (kind: { readonly group: string; readonly custom?: unknown }): boolean =>
  kind.custom === undefined &&
  !CUSTOM.test(kind.group) &&
  (!kind.group.includes('.') || kind.group.endsWith('.k8s.io'))
