/** What a pod's annotations traffic.sidecar.istio.io/* except from the redirect. */
import { fail, ok, type Result } from '../primitives/result.ts'
import { defaultRedirect, parseRedirectList, type RedirectOptions } from './redirect-rules.ts'

type ListField = Parameters<typeof parseRedirectList>[0]

const annotations: readonly (readonly [string, ListField])[] = [
  ['traffic.sidecar.istio.io/includeInboundPorts', 'includeInboundPorts'],
  ['traffic.sidecar.istio.io/excludeInboundPorts', 'excludeInboundPorts'],
  ['traffic.sidecar.istio.io/includeOutboundIPRanges', 'includeOutboundRanges'],
  ['traffic.sidecar.istio.io/excludeOutboundIPRanges', 'excludeOutboundRanges'],
  ['traffic.sidecar.istio.io/includeOutboundPorts', 'includeOutboundPorts'],
  ['traffic.sidecar.istio.io/excludeOutboundPorts', 'excludeOutboundPorts'],
  ['traffic.sidecar.istio.io/excludeInterfaces', 'excludeInterfaces'],
]

/** Fails naming the annotation and what to write instead. */
export const redirectOf = (given: Readonly<Record<string, string>>): Result<RedirectOptions, string> => {
  let options = defaultRedirect
  for (const [annotation, field] of annotations) {
    const text = given[annotation]
    if (text === undefined) continue
    const parsed = parseRedirectList(field, text)
    if (!parsed.ok) return fail(`annotation ${annotation}: ${parsed.error}`)
    const kept = field === 'excludeInboundPorts' ? defaultRedirect.excludeInboundPorts : []
    options = { ...options, [field]: [...kept, ...parsed.value] }
  }
  return ok(options)
}
