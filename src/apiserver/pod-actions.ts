/** pods/binding and pods/eviction: a scheduler's and a drain's way to change a pod. */
import { isJsonObject, type JsonObject, type JsonValue } from '../primitives/json-value.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import type { ApiContext, ObjectTarget } from './api-context.ts'
import { refuse, successAnswer, type ApiAnswer, type ApiRequest } from './api-request.ts'
import { deleteObject, deleteOptionsOf } from './delete-object.ts'
import { badRequest, conflict } from '../machinery/status-errors.ts'
import { section } from './stored-object.ts'
import { timestampOf } from '../primitives/timestamp.ts'
import { updateObject } from './update-object.ts'
import type { WriteOptions } from './write-options.ts'

const boundNode = (body: JsonValue): string => {
  const target = isJsonObject(body) ? body['target'] : undefined
  const name = isJsonObject(target) ? target['name'] : undefined
  const kind = isJsonObject(target) ? (target['kind'] ?? 'Node') : undefined
  return kind === 'Node' && typeof name === 'string' && name !== ''
    ? name
    : refuse(
        badRequest('target.name: Required value: a Binding names the node: target: {kind: Node, name: ...}'),
      )
}

const scheduledCondition = (now: number): JsonObject => ({
  type: 'PodScheduled',
  status: 'True',
  lastProbeTime: null,
  lastTransitionTime: timestampOf(now),
})

const bound = (target: ObjectTarget, pod: KubeObject, node: string, now: number): KubeObject => {
  const spec = section(pod, 'spec')
  const status = section(pod, 'status')
  if ((spec['nodeName'] ?? '') !== '') {
    refuse(
      conflict(
        target.kind,
        target.name,
        `pod ${target.name} is already assigned to node ${JSON.stringify(spec['nodeName'])}`,
      ),
    )
  }
  if (pod.metadata.deletionTimestamp !== undefined) {
    refuse(
      conflict(target.kind, target.name, `pod ${target.name} is being deleted, cannot be assigned to a host`),
    )
  }
  const conditions = Array.isArray(status['conditions']) ? status['conditions'] : []
  const others = conditions.filter(
    (condition: JsonValue) => !isJsonObject(condition) || condition['type'] !== 'PodScheduled',
  )
  return {
    ...pod,
    ...{
      spec: { ...spec, nodeName: node },
      status: { ...status, conditions: [...others, scheduledCondition(now)] },
    },
  }
}

/** POST pods/x/binding: assigns the pod to a node, once. */
export const bindPod = async (
  context: ApiContext,
  target: ObjectTarget,
  body: JsonValue,
  options: WriteOptions,
): Promise<ApiAnswer> => {
  const node = boundNode(body)
  await updateObject(context, target, {
    options,
    part: 'all',
    propose: (pod) => bound(target, pod, node, context.clock.now()),
    track: (object) => object,
  })
  return successAnswer(201)
}

/** POST pods/x/eviction (policy/v1): a deletion that budgets may refuse; there are no budgets in this server. */
export const evictPod = async (
  context: ApiContext,
  target: ObjectTarget,
  body: JsonValue,
  how: { readonly options: WriteOptions; readonly request: ApiRequest },
): Promise<ApiAnswer> => {
  if (!isJsonObject(body)) return refuse(badRequest('the request body is not an Eviction (policy/v1)'))
  const deleteOptions = deleteOptionsOf(body['deleteOptions'], how.request.query)
  await deleteObject(context, target, deleteOptions, how.options)
  return successAnswer(201)
}
