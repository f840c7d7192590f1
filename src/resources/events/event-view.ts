/** Event of events.k8s.io/v1 and of core/v1: one object under two sets of names (k8s.io/kubernetes pkg/apis/core/v1/conversion). */
import type { KubeObject } from '../kube-object.ts'

/** The names in events.k8s.io by those in core. */
const names: Readonly<Record<string, string>> = {
  involvedObject: 'regarding',
  message: 'note',
  source: 'deprecatedSource',
  firstTimestamp: 'deprecatedFirstTimestamp',
  lastTimestamp: 'deprecatedLastTimestamp',
  count: 'deprecatedCount',
  reportingComponent: 'reportingController',
}

const coreNames = Object.fromEntries(Object.entries(names).map(([core, name]) => [name, core]))

const renamed = (
  object: KubeObject,
  by: Readonly<Record<string, string>>,
  apiVersion: string,
): KubeObject => {
  const { metadata, ...rest } = object
  const fields = Object.entries(rest).map(([field, value]: [string, unknown]): [string, unknown] => [
    Object.hasOwn(by, field) ? (by[field] ?? field) : field,
    value,
  ])
  return { ...Object.fromEntries(fields), apiVersion, kind: 'Event', metadata }
}

/** Core events must say what they are about. */
export const asCoreEvent = (event: KubeObject): KubeObject => ({
  ...{ involvedObject: {} },
  ...renamed(event, coreNames, 'v1'),
})

export const asNewEvent = (event: KubeObject): KubeObject => renamed(event, names, 'events.k8s.io/v1')
