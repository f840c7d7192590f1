/** What exists nearby and was probably meant: hosts, gateways, labels. */
import { didYouMean } from '../resources/did-you-mean.ts'
import { namespaceOfHost, serviceOfHost } from './host-names.ts'
import { kinds } from './kind-keys.ts'
import type { ObjectSet } from './object-set.ts'
import type { Labels } from './selector.ts'

/** Where a finding points to what to write: the value of its field, and how that is said. */
export interface Suggestion {
  readonly fix?: string
  /** The value to write at the finding's field. */
  readonly value?: string
}

export const suggest = (value: string | undefined): Suggestion =>
  value === undefined ? {} : { fix: `did you mean ${value}?`, value }

/** The host that was meant: a service of a like name, else the one of this name in another namespace; a like host. */
export const meantHost = (host: string, namespace: string, hosts: readonly string[]): string | undefined => {
  const [wantedNamespace, wanted = ''] = serviceOfHost(namespace, host).split('/')
  if (host.includes('.') && namespaceOfHost(host) === '') return didYouMean(host, hosts)
  const services = hosts.filter((known) => namespaceOfHost(known) !== '')
  const nameOf = (known: string): string => known.replace(/\..*$/, '')
  const near = services.filter((known) => namespaceOfHost(known) === wantedNamespace)
  const meant = didYouMean(wanted, near.map(nameOf))
  if (meant !== undefined) return near.find((known) => nameOf(known) === meant)
  const elsewhere = services.filter((known) => nameOf(known) === wanted)
  return elsewhere.length === 1 ? elsewhere[0] : undefined
}

/** The reference to a gateway that was meant: a like name, else the gateway of this name in another namespace. */
export const meantGateway = (set: ObjectSet, namespace: string, reference: string): string | undefined => {
  const gateways = [...set.of(kinds.gateway), ...set.of(kinds.kubernetesGateway)]
  const name = reference.slice(reference.indexOf('/') + 1)
  const elsewhere = gateways.find((gateway) => gateway.name === name)
  if (elsewhere !== undefined) return `${elsewhere.namespace}/${name}`
  const own = gateways.filter((gateway) => gateway.namespace === namespace).map((gateway) => gateway.name)
  return didYouMean(reference, [...own, ...gateways.map((gateway) => `${gateway.namespace}/${gateway.name}`)])
}

interface MeantLabel {
  readonly key: string
  readonly value: string
  /** The key of the selector that it stands for. */
  readonly instead: string
}

/** A label of a workload that one entry of the selector nearly is. */
const nearLabel = (labels: Labels, [key, value]: readonly [string, string]): MeantLabel | undefined => {
  const own = labels[key]
  if (own !== undefined) {
    return didYouMean(value, [own]) === undefined ? undefined : { key, value: own, instead: key }
  }
  const sameValue = Object.keys(labels).filter((known) => labels[known] === value)
  const meant = didYouMean(key, sameValue)
  return meant === undefined ? undefined : { key: meant, value, instead: key }
}

/** The label that would make a selector select a workload, when only one entry is wrong and near. */
const meantLabel = (selector: Labels, workloads: readonly Labels[]): MeantLabel | undefined => {
  const entries = Object.entries(selector)
  for (const labels of workloads) {
    const wrong = entries.filter(([key, value]) => labels[key] !== value)
    const [only] = wrong
    const meant = only === undefined || wrong.length > 1 ? undefined : nearLabel(labels, only)
    if (meant !== undefined) return meant
  }
  return undefined
}

const MOST_SHOWN = 5

/** `version=v2` for `version=v3`, else the values that workloads have for the first label of the selector. */
export const suggestLabels = (selector: Labels, workloads: readonly Labels[]): Suggestion => {
  const meant = meantLabel(selector, workloads)
  if (meant !== undefined) {
    const [first] = Object.keys(selector).sort()
    return {
      fix: `did you mean ${meant.key}=${meant.value}?`,
      ...(meant.key === meant.instead && meant.key === first ? { value: meant.value } : {}),
    }
  }
  for (const key of Object.keys(selector).sort()) {
    const values = [...new Set(workloads.flatMap((labels) => labels[key] ?? []))].sort()
    if (values.length > 0 && !values.includes(selector[key] ?? '')) {
      const more = values.length > MOST_SHOWN ? ', …' : ''
      return { fix: `workloads have ${key}=${values.slice(0, MOST_SHOWN).join(`, ${key}=`)}${more}` }
    }
  }
  return {}
}
