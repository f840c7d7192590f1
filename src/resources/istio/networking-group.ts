/** What all kinds of networking.istio.io share. Version v1 is stored; the older ones have the same shape. */
export const networkingGroup = {
  group: 'networking.istio.io',
  categories: ['istio-io', 'networking-istio-io'],
  namespaced: true,
  versions: ['v1', 'v1beta1', 'v1alpha3'],
  subresources: { status: true },
} as const
