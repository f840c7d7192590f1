/** Admission and validation: what every object passes through last before it is stored. */
import { isJsonObject } from '../primitives/json-value.ts'
import type { Kind } from '../resources/kind.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import type { StoredValue } from '../store/store.ts'
import { runMutators, runValidators, type AdmissionOperation, type AdmissionRequest } from './admission.ts'
import type { ApiContext, ResourceTarget } from './api-context.ts'
import { orThrow, refuse } from './api-request.ts'
import { invalid, notFound } from '../machinery/status-errors.ts'
import { deniedByIstio, forbiddenBecause } from './failures.ts'
import { asJson, decodeStored, objectKey } from './stored-object.ts'
import type { WriteOptions } from './write-options.ts'

const isIstio = (group: string): boolean => group === 'istio.io' || group.endsWith('.istio.io')

/** The stored Namespace of a target; undefined for cluster-scoped kinds, and when there is none. */
export const namespaceObject = (context: ApiContext, target: ResourceTarget): KubeObject | undefined => {
  const kind = context.index.byKind('', 'Namespace')
  if (kind === undefined || !target.kind.namespaced || target.namespace === undefined) return undefined
  const stored: StoredValue | undefined = context.store.get(objectKey(kind, undefined, target.namespace))
  return stored === undefined ? undefined : decodeStored(kind, 'v1', stored)
}

/** Refuses a create in a namespace that is not there (404) or is going away (403). */
export const requireNamespace = (context: ApiContext, target: ResourceTarget, name: string): void => {
  const kind = context.index.byKind('', 'Namespace')
  const wanted = target.namespace
  if (kind === undefined || !target.kind.namespaced || wanted === undefined) return
  const namespace = namespaceObject(context, target)
  if (namespace === undefined) return refuse(notFound(kind, wanted))
  if (namespace.metadata.deletionTimestamp === undefined) return
  const why = `unable to create new content in namespace ${wanted} because it is being terminated`
  refuse(
    forbiddenBecause(target.kind, name, why, [
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${wanted} is being terminated`,
        field: 'metadata.namespace',
      },
    ]),
  )
}

const admissionRequest = (
  context: ApiContext,
  target: ResourceTarget,
  options: WriteOptions,
  objects: { readonly operation: AdmissionOperation; readonly object: KubeObject; readonly old?: KubeObject },
): AdmissionRequest => {
  const namespace = namespaceObject(context, target)
  return {
    ...objects,
    kind: target.kind,
    ...(target.subresource === undefined ? {} : { subresource: target.subresource }),
    ...(namespace === undefined ? {} : { namespace }),
    user: target.user,
    dryRun: options.dryRun,
  }
}

// Such a pod is refused when it is validated; what changes pods counts on a spec.
const isPodWithoutSpec = ({ group, plural }: Kind, object: KubeObject): boolean =>
  group === '' && plural === 'pods' && !isJsonObject(asJson(object)['spec'])

/** The object as the mutators leave it; throws what they refuse with. */
export const mutated = async (
  context: ApiContext,
  target: ResourceTarget,
  options: WriteOptions,
  objects: { readonly operation: AdmissionOperation; readonly object: KubeObject; readonly old?: KubeObject },
): Promise<KubeObject> =>
  isPodWithoutSpec(target.kind, objects.object)
    ? objects.object
    : orThrow(await runMutators(context.mutators, admissionRequest(context, target, options, objects)))

/** Throws 422 for what Kubernetes calls invalid, Istio's webhook's words for Istio's kinds, or a validator's refusal. */
export const validated = async (
  context: ApiContext,
  target: ResourceTarget,
  options: WriteOptions,
  objects: { readonly operation: AdmissionOperation; readonly object: KubeObject; readonly old?: KubeObject },
): Promise<void> => {
  const { kind } = target
  if (objects.operation !== 'DELETE') {
    if (target.subresource === undefined) {
      for (const warning of kind.warnings?.(objects.object) ?? []) options.warnings.add(warning)
    }
    const errors = kind.validate(objects.object, objects.old)
    if (errors.length > 0) {
      refuse(
        isIstio(kind.group) && kind.custom === undefined
          ? deniedByIstio(errors)
          : invalid(kind, objects.object.metadata.name, errors),
      )
    }
    if (target.subresource === undefined) {
      for (const { message } of kind.advice?.(objects.object) ?? []) options.warnings.add(message)
    }
  }
  const refusal = await runValidators(context.validators, admissionRequest(context, target, options, objects))
  if (refusal !== undefined) refuse(refusal)
}
