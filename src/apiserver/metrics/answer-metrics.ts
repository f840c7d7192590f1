/** GET of metrics.k8s.io: what nodes and pods use at this moment. */
import { methodNotAllowed, notFound } from '../../machinery/status-errors.ts'
import { timestampOf } from '../../primitives/timestamp.ts'
import type { KubeObject } from '../../resources/kube-object.ts'
import { metricsGroup } from '../../resources/virtual/metrics-kinds.ts'
import type { ApiContext, ResourceTarget } from '../api-context.ts'
import { queryFlag, refuse, type ApiAnswer, type ApiRequest } from '../api-request.ts'
import { listAnswer, selectedObjects } from '../list-objects.ts'
import { objectAnswer } from '../object-answer.ts'
import { nodeSummary, type NodeSummary } from './node-summary.ts'

const apiVersion = `${metricsGroup}/v1beta1`

const metricsOf = (
  context: ApiContext,
  target: ResourceTarget,
  object: KubeObject,
  summary: NodeSummary,
): readonly KubeObject[] => {
  const { name, namespace, labels, uid = '' } = object.metadata
  const metadata = {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(labels === undefined ? {} : { labels }),
    creationTimestamp: timestampOf(context.clock.now()),
  }
  const measured = {
    apiVersion,
    kind: target.kind.kind,
    metadata,
    timestamp: timestampOf(context.clock.now()),
    window: `${(summary.windowMilliseconds / 1000).toFixed(3)}s`,
  }
  if (target.kind.kind === 'NodeMetrics') {
    return name === summary.nodeName ? [{ ...measured, ...{ usage: summary.usage } }] : []
  }
  const containers = summary.pods.get(uid) ?? []
  return containers.length === 0 ? [] : [{ ...measured, ...{ containers } }]
}

/** Answers a list of metrics, or those of one object; 404 for what does not run. */
export const answerMetrics = async (
  context: ApiContext,
  target: ResourceTarget,
  request: ApiRequest,
): Promise<ApiAnswer> => {
  const reads = request.method === 'GET' || request.method === 'HEAD'
  if (!reads || queryFlag(request.query, 'watch')) return refuse(methodNotAllowed())
  const kind = context.index.byKind('', target.kind.kind === 'NodeMetrics' ? 'Node' : 'Pod')
  if (kind === undefined) return refuse(methodNotAllowed())
  const objects = selectedObjects(
    context,
    { ...target, kind, version: 'v1', apiVersion: 'v1' },
    request.query,
  )
  const summary = await nodeSummary(context, request.signal)
  const metrics = objects.flatMap((object) => metricsOf(context, target, object, summary))
  if (target.name === undefined) return listAnswer(context, target, request, metrics)
  const [found] = metrics
  const now = context.clock.now()
  return found === undefined
    ? refuse(notFound({ group: metricsGroup, plural: target.kind.plural }, target.name))
    : objectAnswer(200, found, { kind: target.kind, request, now })
}
