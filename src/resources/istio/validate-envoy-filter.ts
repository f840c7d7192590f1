/** What Istio refuses in an EnvoyFilter beyond its schema. */
import { forbidden, invalid, required } from '../field-error.ts'
import { child, itemsAt } from '../field-path.ts'
import { LONGEST_VERSION } from './envoy-filter.ts'
import type { ConfigPatch, EnvoyFilter, FilterMatch, PatchMatch } from './envoy-filter.ts'
import { validatePatchValue } from './envoy-patch-value.ts'
import { validateSelectorLabels } from './policy-target.ts'
import { regexProblem } from './regex-syntax.ts'
import { validateIstioMetadata } from './validate-istio-metadata.ts'
import { present, when } from './when.ts'
import type { Findings } from './when.ts'

const CONNECTION_MANAGERS: readonly string[] = [
  'envoy.filters.network.http_connection_manager',
  'envoy.http_connection_manager',
]

/** Which match belongs to what a patch applies to. */
const MATCHES: ReadonlyMap<string, 'listener' | 'routeConfiguration' | 'cluster'> = new Map([
  ['LISTENER', 'listener'],
  ['FILTER_CHAIN', 'listener'],
  ['NETWORK_FILTER', 'listener'],
  ['HTTP_FILTER', 'listener'],
  ['ROUTE_CONFIGURATION', 'routeConfiguration'],
  ['VIRTUAL_HOST', 'routeConfiguration'],
  ['HTTP_ROUTE', 'routeConfiguration'],
  ['CLUSTER', 'cluster'],
])

const OBJECTS = ['listener', 'routeConfiguration', 'cluster', 'waypoint'] as const

const validateSubFilter = (path: string, applyTo: string, { name = '', subFilter }: FilterMatch): Findings =>
  present(subFilter, (sub) => {
    const at = child(path, 'subFilter')
    if (applyTo !== 'HTTP_FILTER')
      return [forbidden(at, 'subfilter match can be used with applyTo HTTP_FILTER only')]
    if (!CONNECTION_MANAGERS.includes(name)) {
      return [
        invalid(
          child(path, 'name'),
          name,
          `subfilter match requires filter match with ${CONNECTION_MANAGERS[0] ?? ''}`,
        ),
      ]
    }
    return when(
      (sub.name ?? '') === '',
      required(child(at, 'name'), 'subfilter match has no name to match on'),
    )
  })

const validateFilter = (path: string, applyTo: string, filter: FilterMatch): Findings =>
  (filter.name ?? '') === ''
    ? [required(child(path, 'name'), 'filter match has no name to match on')]
    : validateSubFilter(path, applyTo, filter)

const validateObjectMatch = (path: string, applyTo: string, match: PatchMatch): Findings => {
  const wanted = MATCHES.get(applyTo)
  const given = OBJECTS.find((object) => (match[object] ?? undefined) !== undefined)
  if (wanted === undefined || given === undefined) return []
  if (given !== wanted) {
    return [forbidden(child(path, given), `applyTo ${applyTo} cannot have a ${given} match; write ${wanted}`)]
  }
  return present(match.listener?.filterChain?.filter, (filter) =>
    validateFilter(child(path, 'listener.filterChain.filter'), applyTo, filter),
  )
}

/** A longer expression is accepted and ignored. */
const validateProxyVersion = (path: string, version: string): Findings => {
  if (version === '' || version.length > LONGEST_VERSION) return []
  const problem = regexProblem(version)
  return when(
    problem !== undefined,
    invalid(path, version, `invalid regex for proxy version: ${problem ?? ''}`),
  )
}

const validateWaypoint = (path: string, { context = 'ANY', waypoint }: PatchMatch): Findings => [
  ...when(
    (context === 'WAYPOINT') !== ((waypoint ?? undefined) !== undefined),
    forbidden(
      context === 'WAYPOINT' ? child(path, 'context') : child(path, 'waypoint'),
      'only support waypointMatch when context is WAYPOINT',
    ),
  ),
  ...present(waypoint?.portNumber, (port) =>
    when(
      port < 1 || port > 65_535,
      invalid(child(path, 'waypoint.portNumber'), port, 'port must be between 1-65535'),
    ),
  ),
]

const missingPart = (path: string, { applyTo = 'INVALID', patch }: ConfigPatch): Findings => {
  if (applyTo === 'INVALID') return [required(child(path, 'applyTo'), 'missing applyTo')]
  if ((patch ?? undefined) === undefined) return [required(child(path, 'patch'), 'missing patch')]
  const operation = patch?.operation ?? 'INVALID'
  if (operation === 'INVALID') return [required(child(path, 'patch.operation'), 'missing patch operation')]
  return when(
    operation !== 'REMOVE' && (patch?.value ?? undefined) === undefined,
    required(child(path, 'patch.value'), 'missing patch value for non-remove operation'),
  )
}

const validatePatch = (path: string, patch: ConfigPatch): Findings => {
  const match = patch.match ?? {}
  const waypoint = validateWaypoint(child(path, 'match'), match)
  if (match.context === 'WAYPOINT') return waypoint
  const missing = missingPart(path, patch)
  if (missing.length > 0) return [...waypoint, ...missing]
  return [
    ...waypoint,
    ...validateProxyVersion(child(path, 'match.proxy.proxyVersion'), match.proxy?.proxyVersion ?? ''),
    ...validateObjectMatch(child(path, 'match'), patch.applyTo ?? '', match),
    ...present(patch.patch?.value, (value) =>
      validatePatchValue(child(path, 'patch.value'), patch.applyTo ?? '', value),
    ),
  ]
}

export const validateEnvoyFilter = (filter: EnvoyFilter): Findings => {
  const { workloadSelector, targetRefs, configPatches } = filter.spec ?? {}
  return [
    ...validateIstioMetadata(filter),
    ...when(
      (workloadSelector ?? undefined) !== undefined && (targetRefs ?? undefined) !== undefined,
      forbidden('spec.targetRefs', 'only one of targetRefs or workloadSelector can be set; keep one'),
    ),
    ...itemsAt('spec.targetRefs', targetRefs).flatMap(({ path, value: { namespace = '' } }) =>
      when(
        namespace !== '',
        forbidden(
          child(path, 'namespace'),
          'cross namespace referencing is not currently supported; remove it',
        ),
      ),
    ),
    ...validateSelectorLabels('spec.workloadSelector.labels', workloadSelector?.labels),
    ...itemsAt('spec.configPatches', configPatches).flatMap(({ path, value }) => validatePatch(path, value)),
  ]
}
