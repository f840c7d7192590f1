/** The ServiceAccount admission of Kubernetes: which account a pod has, and how its containers get the account's token. */
import { fail, ok, type Result } from '../primitives/result.ts'
import type { Clock } from '../primitives/clock.ts'
import type { Kind } from '../resources/kind.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import type { Container } from '../resources/core/container.ts'
import type { Pod } from '../resources/core/pod.ts'
import type { ServiceAccount } from '../resources/core/service-account.ts'
import type { Volume } from '../resources/core/volume.ts'
import type { Store } from '../store/store.ts'
import { forbidden } from '../machinery/status-errors.ts'
import type { AdmissionRequest, Mutator } from './admission.ts'
import type { Identifiers } from './api-context.ts'
import { decodeStored, objectKey } from './stored-object.ts'

export interface ServiceAccountAdmissionOptions {
  readonly store: Pick<Store, 'get'>
  readonly kinds: readonly Kind[]
  readonly clock: Clock
  readonly identifiers: Pick<Identifiers, 'nameSuffix'>
}

/** Where clients of the API look for their token (https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/). */
const tokenDirectory = '/var/run/secrets/kubernetes.io/serviceaccount'

const isNewPod = ({ kind, operation, subresource }: AdmissionRequest): boolean =>
  kind.group === '' && kind.kind === 'Pod' && operation === 'CREATE' && subresource === undefined

// Decoding has checked the object against the schema of its kind.
const asPod = (object: KubeObject): Pod => object as Pod

const isServiceAccount = (object: KubeObject): object is ServiceAccount => object.kind === 'ServiceAccount'

/** A mutator: sets spec.serviceAccountName (and its old name serviceAccount) of new pods to `default` where it is empty. */
export const defaultServiceAccount: Mutator = (request) => {
  if (!isNewPod(request)) return ok(request.object)
  const { spec } = asPod(request.object)
  const name = [spec.serviceAccountName, spec.serviceAccount].find((each) => (each ?? '') !== '') ?? 'default'
  return ok({ ...request.object, ...{ spec: { ...spec, serviceAccountName: name, serviceAccount: name } } })
}

const mountsToken = (container: Container): boolean =>
  container.volumeMounts?.some(({ mountPath }) => mountPath === tokenDirectory) === true

const tokenVolume = (name: string): Volume => ({
  name,
  projected: {
    defaultMode: 0o644,
    sources: [
      { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      {
        downwardAPI: {
          items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
        },
      },
    ],
  },
})

const withToken = (pod: Pod, volume: string): Pod => {
  const { containers, initContainers = [], volumes = [] } = pod.spec
  if ([...containers, ...initContainers].every(mountsToken)) return pod
  const mount = { name: volume, readOnly: true, mountPath: tokenDirectory }
  const mounted = (container: Container): Container =>
    mountsToken(container)
      ? container
      : { ...container, volumeMounts: [...(container.volumeMounts ?? []), mount] }
  return {
    ...pod,
    spec: {
      ...pod.spec,
      volumes: [...volumes, tokenVolume(volume)],
      ...(initContainers.length === 0 ? {} : { initContainers: initContainers.map(mounted) }),
      containers: containers.map(mounted),
    },
  }
}

const withPullSecrets = (pod: Pod, account: ServiceAccount): Pod =>
  (pod.spec.imagePullSecrets ?? []).length > 0 || (account.imagePullSecrets ?? []).length === 0
    ? pod
    : { ...pod, spec: { ...pod.spec, imagePullSecrets: account.imagePullSecrets ?? [] } }

const retryPause = 100
const retries = 10

/**
 * A mutator for new pods that have their service account's name: the account must be there, and unless it or the pod
 * says automountServiceAccountToken: false, every container gets its token, the cluster's certificate and its namespace.
 * It goes after the mutators that add containers.
 */
export const serviceAccountToken = (options: ServiceAccountAdmissionOptions): Mutator => {
  const { store, kinds, clock, identifiers } = options
  const find = (namespace: string, name: string): ServiceAccount | undefined => {
    const kind = kinds.find((each) => each.group === '' && each.kind === 'ServiceAccount')
    const stored = kind && store.get(objectKey(kind, namespace, name))
    const object = stored && decodeStored(kind, 'v1', stored)
    return object !== undefined && isServiceAccount(object) ? object : undefined
  }
  /** A new namespace gets its account `default` a moment later. */
  const await_ = async (namespace: string, name: string): Promise<ServiceAccount | undefined> => {
    const never = new AbortController().signal
    for (let left = name === 'default' ? retries : 0; ; left -= 1) {
      const found = find(namespace, name)
      if (found !== undefined || left === 0) return found
      await clock.sleep(retryPause, never)
    }
  }
  return async (request): Promise<Result<KubeObject, ReturnType<typeof forbidden>['status']>> => {
    if (!isNewPod(request)) return ok(request.object)
    const pod = asPod(request.object)
    const { namespace = 'default' } = pod.metadata
    const name = pod.spec.serviceAccountName ?? 'default'
    const account = await await_(namespace, name)
    if (account === undefined) {
      const why = `error looking up service account ${namespace}/${name}: serviceaccount ${JSON.stringify(name)} not found`
      return fail(forbidden({ group: '', plural: 'pods' }, pod.metadata.name, why).status)
    }
    const wanted = pod.spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true
    const complete = withPullSecrets(pod, account)
    return ok(wanted ? withToken(complete, `kube-api-access-${identifiers.nameSuffix()}`) : complete)
  }
}
