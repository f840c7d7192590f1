/** The node's /stats/summary, as values. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../primitives/json-value.ts'
import { serviceUnavailable } from '../../machinery/status-errors.ts'
import type { ResourceUsage } from '../../resources/virtual/metrics-kinds.ts'
import type { ApiContext } from '../api-context.ts'
import { refuse } from '../api-request.ts'
import { relayHttp } from '../relay-http.ts'

export interface ContainerUsage {
  readonly name: string
  readonly usage: ResourceUsage
}

export interface NodeSummary {
  readonly nodeName: string
  readonly usage: ResourceUsage
  /** What the rates are taken over, milliseconds. */
  readonly windowMilliseconds: number
  /** By the pods' uids. */
  readonly pods: ReadonlyMap<string, readonly ContainerUsage[]>
}

const objectsIn = (value: JsonValue | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter((item): item is JsonObject => isJsonObject(item)) : []

const numberAt = (value: JsonValue | undefined, field: string): number => {
  const number = isJsonObject(value) ? value[field] : undefined
  return typeof number === 'number' ? number : 0
}

const textAt = (value: JsonValue | undefined, field: string): string => {
  const text = isJsonObject(value) ? value[field] : undefined
  return typeof text === 'string' ? text : ''
}

/** As metrics-server writes them: billionths of a core, and kibibytes. */
const usageOf = (stats: JsonObject): ResourceUsage => ({
  cpu: `${numberAt(stats['cpu'], 'usageNanoCores')}n`,
  memory: `${Math.ceil(numberAt(stats['memory'], 'workingSetBytes') / 1024)}Ki`,
})

const summaryOf = (value: JsonObject): NodeSummary => {
  const node = isJsonObject(value['node']) ? value['node'] : {}
  return {
    nodeName: textAt(node, 'nodeName'),
    usage: usageOf(node),
    windowMilliseconds: numberAt(value, 'windowMilliseconds'),
    pods: new Map(
      objectsIn(value['pods']).map((pod) => [
        textAt(pod['podRef'], 'uid'),
        objectsIn(pod['containers']).map((stats) => ({ name: textAt(stats, 'name'), usage: usageOf(stats) })),
      ]),
    ),
  }
}

/** Asks the node; throws 503 when it does not answer. */
export const nodeSummary = async (context: ApiContext, signal: AbortSignal): Promise<NodeSummary> => {
  const answer = await relayHttp(context.connectNode, {
    method: 'GET',
    path: '/stats/summary',
    headers: { host: 'node' },
    signal,
  })
  const chunks: Uint8Array[] = []
  for await (const chunk of answer.chunks) chunks.push(chunk)
  const value: unknown = answer.code === 200 ? JSON.parse(Buffer.concat(chunks).toString('utf8')) : undefined
  return isJsonObject(value)
    ? summaryOf(value)
    : refuse(serviceUnavailable(`the node did not say what its pods use: it answered ${answer.code}`))
}
