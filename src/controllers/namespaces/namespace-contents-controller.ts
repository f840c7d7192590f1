/** What every namespace holds from the start. */
import { isApiError } from '../../machinery/api-error.ts'
import type { ResourceRef } from '../../machinery/ports.ts'
import { jsonEqual } from '../../primitives/json-value.ts'
import type { ConfigMap } from '../../resources/core/config-map.ts'
import type { Namespace } from '../../resources/core/namespace.ts'
import type { ServiceAccount } from '../../resources/core/service-account.ts'
import type { KubeObject } from '../../resources/kube-object.ts'
import { type Controller, type ControllerContext, resources } from '../controller-context.ts'
import { createReconciler } from '../reconciler.ts'

/** Namespaces that every cluster has. */
export const systemNamespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease'] as const

const rootCertificateName = 'kube-root-ca.crt'

const rootCertificateMap = (namespace: string, certificate: string): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name: rootCertificateName,
    namespace,
    annotations: {
      'kubernetes.io/description':
        'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.',
    },
  },
  data: { 'ca.crt': certificate },
})

/** The system namespaces, and in every namespace the ServiceAccount `default` and the cluster's root certificate. */
export const createNamespaceContentsController = (
  context: ControllerContext,
  signal: AbortSignal,
): Controller => {
  const { cluster, informers, config } = context
  const name = 'namespace-contents-controller'
  const namespaces = informers.informer<Namespace>(resources.namespaces)
  const accounts = informers.informer<ServiceAccount>(resources.serviceAccounts)
  const maps = informers.informer<ConfigMap>(resources.configMaps)

  const create = async (resource: ResourceRef, object: KubeObject): Promise<void> => {
    try {
      await cluster.create(resource, object, signal)
    } catch (error) {
      // There already (the cache is behind), or the namespace went away meanwhile.
      if (!isApiError(error, 409) && !isApiError(error, 403) && !isApiError(error, 404)) throw error
    }
  }

  const ensureRootCertificate = async (namespace: string, certificate: string): Promise<void> => {
    const wanted = rootCertificateMap(namespace, certificate)
    const stored = maps.cache.get(`${namespace}/${rootCertificateName}`)
    if (stored === undefined) await create(resources.configMaps, wanted)
    else if (!jsonEqual(stored.data, wanted.data)) {
      await cluster.update(resources.configMaps, { ...stored, data: { 'ca.crt': certificate } }, { signal })
    }
  }

  const reconcile = async (key: string): Promise<void> => {
    const namespace = namespaces.cache.get(key)
    if (namespace === undefined) {
      const system = systemNamespaces.some((one) => one === key)
      if (system)
        await create(resources.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: key } })
      return
    }
    if (namespace.metadata.deletionTimestamp !== undefined) return
    if (accounts.cache.get(`${key}/default`) === undefined) {
      const metadata = { name: 'default', namespace: key }
      await create(resources.serviceAccounts, { apiVersion: 'v1', kind: 'ServiceAccount', metadata })
    }
    if (config.rootCertificate !== undefined) await ensureRootCertificate(key, config.rootCertificate)
  }

  const reconciler = createReconciler({ ...context, name, reconcile })
  for (const system of systemNamespaces) reconciler.enqueue(system)
  namespaces.subscribe(({ object }) => reconciler.enqueue(object.metadata.name))
  accounts.subscribe(({ type, object }) => {
    if (type === 'deleted') reconciler.enqueue(object.metadata.namespace ?? '')
  })
  maps.subscribe(({ type, object }) => {
    const changed = type !== 'added' && object.metadata.name === rootCertificateName
    if (changed) reconciler.enqueue(object.metadata.namespace ?? '')
  })
  return { name, run: reconciler.run }
}
