/** Where one proxy logs the calls that its workload makes, and those that come to it: Istio's merge of Telemetries. */
import type { LogPolicy, LogRule, LogSide, LogSink } from '../model/access-log.ts'
import type { MeshSettings } from '../model/mesh-settings.ts'
import type { Origin } from '../model/origin.ts'
import { selects } from '../model/service.ts'

export interface FilteredSink extends LogSink {
  /** CEL; absent: every line. */
  readonly filter?: string
}

export interface AccessLogging {
  readonly client: readonly FilteredSink[]
  readonly server: readonly FilteredSink[]
  /** The Telemetries that had a say. */
  readonly origins: readonly Origin[]
}

/** Lowest level first: the mesh's, the namespace's, the workload's own. Of several for a whole namespace the oldest counts. */
export const logPoliciesFor = (
  policies: readonly LogPolicy[],
  rootNamespace: string,
  proxy: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> },
): readonly LogPolicy[] => {
  const isWide = ({ selector }: LogPolicy): boolean => Object.keys(selector).length === 0
  const wideIn = (namespace: string): readonly LogPolicy[] =>
    policies.filter((policy) => policy.namespace === namespace && isWide(policy)).slice(0, 1)
  return [
    ...wideIn(rootNamespace),
    ...(proxy.namespace === rootNamespace ? [] : wideIn(proxy.namespace)),
    ...policies.filter(
      (policy) =>
        policy.namespace === proxy.namespace && !isWide(policy) && selects(policy.selector, proxy.labels),
    ),
  ]
}

/** Without a policy that speaks of logs and without default providers, meshConfig's file counts. */
export const accessLogging = (policies: readonly LogPolicy[], settings: MeshSettings): AccessLogging => {
  const speaking = policies.filter(({ rules }) => rules.length > 0)
  const origins = policies.map(({ origin }) => origin)
  if (speaking.length === 0 && settings.defaultLogProviders.length === 0) {
    const { accessLog, origin } = settings
    const sinks = accessLog === undefined ? [] : [accessLog]
    return { client: sinks, server: sinks, origins: [...origins, ...(origin === undefined ? [] : [origin])] }
  }
  return {
    client: sinksOf(speaking, 'client', settings),
    server: sinksOf(speaking, 'server', settings),
    origins,
  }
}

/** By provider: its filter, or that it is switched off. */
type Providers = Map<string, { readonly disabled: boolean; readonly filter?: string }>

const sinksOf = (
  policies: readonly LogPolicy[],
  side: LogSide,
  settings: MeshSettings,
): readonly FilteredSink[] => {
  const providers: Providers =
    policies.length === 0
      ? new Map(settings.defaultLogProviders.map((name) => [name, { disabled: false }]))
      : mergeRules(policies, side, settings.defaultLogProviders)
  return [...providers]
    .filter(([, { disabled }]) => !disabled)
    .flatMap(([name, { filter }]) => {
      const sink = settings.logProviders.find(({ provider }) => provider.toLowerCase() === name.toLowerCase())
      return sink === undefined ? [] : [filter === undefined ? sink : { ...sink, filter }]
    })
    .toSorted((left, right) => (left.provider < right.provider ? -1 : left.provider > right.provider ? 1 : 0))
}

/** A level that names providers replaces those of the levels below; a rule without names is about the ones before it. */
const mergeRules = (
  policies: readonly LogPolicy[],
  side: LogSide,
  defaults: readonly string[],
): Providers => {
  const applies = (rule: LogRule): boolean => rule.side === undefined || rule.side === side
  const filters = new Map<string, string | undefined>()
  let inScope = defaults
  for (const { rules } of policies) {
    const names = rules.filter(applies).flatMap((rule) => {
      for (const name of rule.providers) filters.set(name, rule.filter)
      return rule.providers
    })
    if (names.length > 0) inScope = names
  }
  const result: Providers = new Map()
  let named = defaults
  for (const rule of policies.flatMap(({ rules }) => rules)) {
    if (rule.providers.length > 0) named = rule.providers
    for (const name of named) {
      if (!inScope.includes(name) || !applies(rule)) continue
      const filter = filters.get(name)
      result.set(name, { disabled: rule.disabled, ...(filter === undefined ? {} : { filter }) })
    }
  }
  return result
}
