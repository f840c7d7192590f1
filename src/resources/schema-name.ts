/** Names in the schema library, as Kubernetes' OpenAPI documents have them. */

const BUILT_IN = new Map([
  ['', 'io.k8s.api.core'],
  ['admissionregistration.k8s.io', 'io.k8s.api.admissionregistration'],
  ['apiextensions.k8s.io', 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions'],
  ['apps', 'io.k8s.api.apps'],
  ['batch', 'io.k8s.api.batch'],
  ['discovery.k8s.io', 'io.k8s.api.discovery'],
  ['coordination.k8s.io', 'io.k8s.api.coordination'],
  ['events.k8s.io', 'io.k8s.api.events'],
  ['networking.k8s.io', 'io.k8s.api.networking'],
  ['policy', 'io.k8s.api.policy'],
  ['rbac.authorization.k8s.io', 'io.k8s.api.rbac'],
  ['scheduling.k8s.io', 'io.k8s.api.scheduling'],
  ['authentication.k8s.io', 'io.k8s.api.authentication'],
  ['authorization.k8s.io', 'io.k8s.api.authorization'],
  ['storage.k8s.io', 'io.k8s.api.storage'],
])

/** e.g. `io.k8s.api.apps.v1.Deployment`, `io.istio.networking.v1.Gateway`. */
export const schemaNameOf = (group: string, version: string, kind: string): string => {
  const base = BUILT_IN.get(group) ?? group.split('.').reverse().join('.')
  return `${base}.${version}.${kind}`
}
