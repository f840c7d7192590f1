/** What Istio refuses in a Telemetry beyond its schema. */
import { forbidden, invalid, required } from '../field-error.ts'
import { child, item, itemsAt } from '../field-path.ts'
import type { KubeObject } from '../kube-object.ts'
import { expressionProblem } from './cel-syntax.ts'
import { leastDurationProblem } from './duration.ts'
import { validatePolicyTarget } from './policy-target.ts'
import type { PolicyTarget } from './policy-target.ts'
import { validateIstioMetadata } from './validate-istio-metadata.ts'
import { checked, present, when } from './when.ts'
import type { Findings } from './when.ts'

type Providers = readonly { readonly name?: string }[]

interface CustomTag {
  readonly literal?: { readonly value?: string }
  readonly header?: { readonly name?: string }
  readonly environment?: { readonly name?: string }
}

interface TagOverride {
  readonly operation?: 'UPSERT' | 'REMOVE'
  readonly value?: string
}

export interface Telemetry extends KubeObject {
  readonly spec?: PolicyTarget & {
    readonly tracing?: readonly {
      readonly providers?: Providers
      readonly randomSamplingPercentage?: number
      readonly customTags?: Readonly<Record<string, CustomTag>>
    }[]
    readonly metrics?: readonly {
      readonly providers?: Providers
      readonly reportingInterval?: string
      readonly overrides?: readonly {
        readonly match?: { readonly customMetric?: string }
        readonly tagOverrides?: Readonly<Record<string, TagOverride>>
      }[]
    }[]
    readonly accessLogging?: readonly {
      readonly providers?: Providers
      readonly filter?: { readonly expression?: string }
    }[]
  }
}

type Spec = NonNullable<Telemetry['spec']>

const validateProviders = (path: string, providers: Providers | undefined): Findings =>
  itemsAt(child(path, 'providers'), providers ?? []).flatMap((provider) =>
    when((provider.value.name ?? '') === '', required(child(provider.path, 'name'), 'name the provider')),
  )

const validateTag = (path: string, { literal, header, environment }: CustomTag): Findings => [
  ...present(literal, ({ value = '' }) =>
    when(value === '', required(child(path, 'literal.value'), 'literal tag value may not be empty')),
  ),
  ...present(header, ({ name = '' }) =>
    when(name === '', required(child(path, 'header.name'), 'header tag name may not be empty')),
  ),
  ...present(environment, ({ name = '' }) =>
    when(name === '', required(child(path, 'environment.name'), 'environment tag name may not be empty')),
  ),
]

const validateTracing = (path: string, tracing: NonNullable<Spec['tracing']>[number]): Findings => [
  ...validateProviders(path, tracing.providers),
  ...checked(child(path, 'randomSamplingPercentage'), tracing.randomSamplingPercentage, (value) =>
    value < 0 || value > 100 ? 'must be in range [0.0, 100.0]' : undefined,
  ),
  ...Object.entries(tracing.customTags ?? {}).flatMap(([name, tag]) => [
    ...when(name === '', required(child(path, 'customTags'), 'tag name may not be empty')),
    ...validateTag(item(child(path, 'customTags'), name), tag),
  ]),
]

/** No operation is UPSERT. */
const validateTagOverride = (path: string, { operation = 'UPSERT', value }: TagOverride): Findings =>
  operation === 'UPSERT'
    ? when((value ?? '') === '', required(child(path, 'value'), 'value must be set when operation is UPSERT'))
    : when(
        (value ?? undefined) !== undefined,
        forbidden(child(path, 'value'), 'value must not be set when operation is REMOVE'),
      )

const validateMetrics = (path: string, metrics: NonNullable<Spec['metrics']>[number]): Findings => [
  ...validateProviders(path, metrics.providers),
  ...checked(child(path, 'reportingInterval'), metrics.reportingInterval, leastDurationProblem),
  ...itemsAt(child(path, 'overrides'), metrics.overrides ?? []).flatMap((override) => [
    ...Object.entries(override.value.tagOverrides ?? {}).flatMap(([name, tag]) =>
      validateTagOverride(item(child(override.path, 'tagOverrides'), name), tag),
    ),
    ...when(
      override.value.match?.customMetric === '',
      invalid(child(override.path, 'match.customMetric'), '', 'customMetric may not be empty'),
    ),
  ]),
]

export const validateTelemetry = (telemetry: Telemetry): Findings => {
  const spec = telemetry.spec ?? {}
  return [
    ...validateIstioMetadata(telemetry),
    ...validatePolicyTarget(spec),
    ...itemsAt('spec.tracing', spec.tracing ?? []).flatMap(({ path, value }) => validateTracing(path, value)),
    ...itemsAt('spec.metrics', spec.metrics ?? []).flatMap(({ path, value }) => validateMetrics(path, value)),
    ...itemsAt('spec.accessLogging', spec.accessLogging ?? []).flatMap(({ path, value }) => [
      ...validateProviders(path, value.providers),
      ...present(value.filter, ({ expression = '' }) =>
        checked(child(path, 'filter.expression'), expression, expressionProblem),
      ),
    ]),
  ]
}
