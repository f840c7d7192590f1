/** Who speaks: Istio's node id and metadata, parsed. */
import type { JsonObject } from '../../primitives/json-value.ts'
import { isJsonObject } from '../../primitives/json-value.ts'
import { fail, ok, type Result } from '../../primitives/result.ts'
import type { ProxyIdentity } from './ads-port.ts'

const textOf = (metadata: JsonObject, key: string): string => {
  const value = metadata[key]
  return typeof value === 'string' ? value : ''
}

const textsOf = (value: unknown): Readonly<Record<string, string>> =>
  isJsonObject(value)
    ? Object.fromEntries(
        Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
      )
    : {}

/**
 * Parses `sidecar~10.244.0.5~pod.namespace~namespace.svc.cluster.local` with `node.metadata`.
 * Fails with a message that says what a node id looks like.
 */
export const parseProxyIdentity = (
  id: string,
  metadata: JsonObject,
  delta: boolean,
): Result<ProxyIdentity, string> => {
  const expected = 'expected <sidecar|router>~<ip>~<pod>.<namespace>~<namespace>.svc.<cluster domain>'
  const [type, ip, workload, dnsDomain, ...rest] = id.split('~')
  if (
    type === undefined ||
    ip === undefined ||
    workload === undefined ||
    dnsDomain === undefined ||
    rest.length > 0
  ) {
    return fail(id === '' ? `missing node id: ${expected}` : `malformed node id "${id}": ${expected}`)
  }
  if (type !== 'sidecar' && type !== 'router') {
    return fail(`unknown proxy type "${type}" in node id "${id}": ${expected}`)
  }
  const dot = workload.lastIndexOf('.')
  const namespaceOfId = dot < 0 ? '' : workload.slice(dot + 1)
  return ok({
    id,
    type,
    ip,
    name: dot < 0 ? workload : workload.slice(0, dot),
    namespace: textOf(metadata, 'NAMESPACE') || namespaceOfId || (dnsDomain.split('.')[0] ?? ''),
    labels: textsOf(metadata['LABELS']),
    serviceAccount: textOf(metadata, 'SERVICE_ACCOUNT'),
    dnsDomain,
    metadata,
    delta,
  })
}
