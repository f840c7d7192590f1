/** Istio Sidecars to what workloads call. */
import type { CallScope, ImportedHost } from '../model/call-scope.ts'
import type { KubeObject } from '../../resources/kube-object.ts'
import { objectAt, objectsAt, optional, specOf, textAt, textMapAt, textsAt } from './json-reader.ts'
import { originOf } from './object-names.ts'

/** One Sidecar (networking.istio.io). */
export const translateSidecar = (object: KubeObject): CallScope => {
  const spec = specOf(object)
  const namespace = object.metadata.namespace ?? ''
  const labels = textMapAt(objectAt(spec, 'workloadSelector'), 'labels')
  const outbound = objectAt(spec, 'outboundTrafficPolicy')
  const egress = objectsAt(spec, 'egress')
  return {
    name: object.metadata.name,
    namespace,
    ...optional('selector', Object.keys(labels).length === 0 ? undefined : labels),
    imports:
      egress.length === 0
        ? [{ host: '*' }]
        : egress.flatMap((listener) =>
            textsAt(listener, 'hosts').flatMap((host) => importOf(host, namespace)),
          ),
    ...(outbound === undefined
      ? {}
      : { unknownDestinations: textAt(outbound, 'mode') === 'ALLOW_ANY' ? 'pass' : 'refuse' }),
    createdAt: object.metadata.creationTimestamp ?? '',
    origin: originOf(object),
  }
}

/** `namespace/host`, with `.` for the Sidecar's own namespace, `*` for any and `~` for none. */
const importOf = (text: string, namespace: string): readonly ImportedHost[] => {
  const slash = text.indexOf('/')
  const owner = slash < 0 ? '*' : text.slice(0, slash)
  const host = text.slice(slash + 1).toLowerCase()
  if (owner === '~') return []
  return [owner === '*' ? { host } : { host, namespace: owner === '.' ? namespace : owner }]
}
