/** Objects that Istio accepts with a warning. */
import { listAt, numberAt, objectAt, objectsAt, textAt, textsAt } from '../../mesh/translate/json-reader.ts'
import type { JsonObject } from '../../primitives/json-value.ts'
import { isIpAddress } from '../../resources/meta/ip-address.ts'
import type { Analyzer } from '../analyzer.ts'
import { finding } from '../finding.ts'
import { envoyFilterWarnings } from '../envoy-filter-warnings.ts'
import type { FieldWarning } from '../envoy-filter-warnings.ts'
import { kinds } from '../kind-keys.ts'
import { oldValues } from '../old-values.ts'
import type { AnalysisObject } from '../object-set.ts'

type Warnings = readonly FieldWarning[]

const warn = (broken: boolean, field: string, message: string): Warnings =>
  broken ? [{ field, message }] : []

const isEmpty = (object: JsonObject | undefined): boolean => Object.keys(object ?? {}).length === 0

/** A selector that is written, but selects by nothing. */
const emptySelector = (spec: JsonObject, field: string, labels: string, prefix = ''): Warnings => {
  const selector = objectAt(spec, field)
  const suffix = prefix === '' ? '' : ', will be applied to all services in namespace'
  return warn(
    selector !== undefined && isEmpty(objectAt(selector, labels)),
    `spec.${field}`,
    `${prefix}workload selector specified without labels${suffix}`,
  )
}

/** Istio gives hosts an address of their own, but not without resolution, or where a label says no. */
const hasVirtualAddress = ({ labels, spec }: AnalysisObject): boolean =>
  listAt(spec, 'addresses').length > 0 ||
  ((textAt(spec, 'resolution') ?? 'NONE') !== 'NONE' &&
    labels['networking.istio.io/enable-autoallocate-ip']?.toLowerCase() !== 'false')

const serviceEntry = (subject: AnalysisObject): Warnings => {
  const { spec } = subject
  const resolution = textAt(spec, 'resolution') ?? 'NONE'
  const hosts = textsAt(spec, 'hosts')
  const isPlain = (port: JsonObject): boolean => ['', 'TCP'].includes(textAt(port, 'protocol') ?? '')
  return [
    ...emptySelector(spec, 'workloadSelector', 'labels', 'service entry: '),
    ...hosts.flatMap((host, index) =>
      warn(
        resolution !== 'DYNAMIC_DNS' && /^\*[^.]/.test(host),
        `spec.hosts[${index}]`,
        `partial wildcard ${JSON.stringify(host)} not allowed`,
      ),
    ),
    ...objectsAt(spec, 'ports').flatMap((port, index) =>
      warn(
        isPlain(port) && !hasVirtualAddress(subject),
        `spec.ports[${index}].protocol`,
        'addresses are required for ports serving TCP (or unset) protocol when IP Autoallocation is not enabled',
      ),
    ),
    ...warn(
      resolution === 'NONE' && objectAt(spec, 'workloadSelector') !== undefined,
      'spec.workloadSelector',
      'workloadSelector should not be set when resolution mode is NONE',
    ),
  ]
}

const virtualService = ({ spec }: AnalysisObject): Warnings => [
  ...objectsAt(spec, 'http').flatMap((rule, index) =>
    ['mirrorPercent', 'mirror_percent'].flatMap((field) =>
      warn(
        numberAt(rule, field) !== undefined,
        `spec.http[${index}].${field}`,
        'using deprecated setting "mirrorPercent", use "mirrorPercentage" instead',
      ),
    ),
  ),
  ...objectsAt(spec, 'tls').flatMap((rule, ruleIndex) =>
    objectsAt(rule, 'match').flatMap((match, matchIndex) =>
      textsAt(match, 'sniHosts').flatMap((host, index) =>
        warn(
          isIpAddress(host),
          `spec.tls[${ruleIndex}].match[${matchIndex}].sniHosts[${index}]`,
          `using an IP address (${JSON.stringify(host)}) goes against SNI spec and most clients do not support this`,
        ),
      ),
    ),
  ),
]

const destinationRule = ({ spec }: AnalysisObject): Warnings => {
  const outlier = objectAt(objectAt(spec, 'trafficPolicy'), 'outlierDetection')
  return [
    ...emptySelector(spec, 'workloadSelector', 'matchLabels'),
    ...warn(
      (numberAt(outlier, 'consecutiveErrors') ?? 0) > 0,
      'spec.trafficPolicy.outlierDetection.consecutiveErrors',
      'outlier detection consecutive errors is deprecated, use consecutiveGatewayErrors or consecutive5xxErrors instead',
    ),
  ]
}

const telemetry = ({ spec }: AnalysisObject): Warnings => [
  ...emptySelector(spec, 'selector', 'matchLabels'),
  ...warn(listAt(spec, 'tracing').length > 1, 'spec.tracing', 'multiple tracing is not currently supported'),
  ...objectsAt(spec, 'tracing').flatMap((tracing, index) =>
    warn(
      listAt(tracing, 'providers').length > 1,
      `spec.tracing[${index}].providers`,
      'multiple providers is not currently supported',
    ),
  ),
]

const workloadEntry = ({ spec }: AnalysisObject): Warnings => {
  const network = textAt(spec, 'network') ?? ''
  return warn(
    (textAt(spec, 'address') ?? '') === '' && network !== '',
    'spec.address',
    `address is unset with network ${JSON.stringify(network)}`,
  )
}

const policy = ({ spec }: AnalysisObject): Warnings => emptySelector(spec, 'selector', 'matchLabels')

const checks: readonly (readonly [kind: string, check: (subject: AnalysisObject) => Warnings])[] = [
  [kinds.serviceEntry, serviceEntry],
  [kinds.virtualService, virtualService],
  [kinds.destinationRule, destinationRule],
  [kinds.telemetry, telemetry],
  [kinds.workloadEntry, workloadEntry],
  [kinds.authorizationPolicy, policy],
  [kinds.requestAuthentication, policy],
  [
    kinds.envoyFilter,
    (subject) => [
      ...emptySelector(subject.spec, 'workloadSelector', 'labels', 'Envoy filter: '),
      ...envoyFilterWarnings(subject),
    ],
  ],
  [kinds.sidecar, ({ spec }) => emptySelector(spec, 'workloadSelector', 'labels', 'sidecar: ')],
]

export const schemaWarnings: Analyzer = {
  name: 'schema.ValidationAnalyzer (warnings)',
  description: 'Checks for what Istio accepts with a warning',
  codes: ['IST0133', 'WFT0003'],
  analyze: (set) => [
    ...oldValues(set),
    ...checks.flatMap(([kind, check]) =>
      set
        .of(kind)
        .flatMap((subject) =>
          check(subject).map(({ field, message }) => finding('IST0133', subject, [message], { field })),
        ),
    ),
  ],
}
