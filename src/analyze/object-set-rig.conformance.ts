/** For tests: sets of objects from YAML, and what is said about them. */
import { parseManifests } from '../manifests/parse-manifests.ts'
import type { JsonObject } from '../primitives/json-value.ts'
import type { Analyzer } from './analyzer.ts'
import { originOf } from './finding.ts'
import { createObjectSet } from './object-set.ts'
import type { ObjectSet } from './object-set.ts'

/** Objects that an analyzer says something about, and some like them that it is silent about. */
export interface AnalyzerCase<Silent = string> {
  readonly title: string
  readonly analyzer: Analyzer
  readonly shows: string
  readonly says: readonly string[]
  readonly silent: Silent
}

/** Objects of a running cluster, unless told otherwise: what is absent does not exist. */
export const setOf = (
  text: string,
  options: { readonly isComplete?: boolean; readonly meshConfig?: JsonObject; readonly now?: number } = {},
): ObjectSet => {
  const { objects, errors } = parseManifests(text, 'test.yaml')
  if (errors.length > 0) throw new Error(JSON.stringify(errors))
  return createObjectSet(objects, { defaultNamespace: 'default', isComplete: true, ...options })
}

/** `CODE Kind name field` of everything that one analyzer says. */
export const said = (analyzer: Analyzer, set: ObjectSet): readonly string[] =>
  analyzer.analyze(set).map(({ code, subject, field }) => `${code} ${originOf(subject)} ${field ?? '-'}`)

/** One object as YAML in one line after its kind: `object('v1', 'Pod', 'a', 'spec: {…}')`. */
export const object = (apiVersion: string, kind: string, metadata: string, rest = ''): string =>
  `---\napiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {${metadata}}\n${rest}\n`

export const pod = (name: string, labels: string, rest = 'spec: {containers: []}'): string =>
  object('v1', 'Pod', `name: ${name}, labels: {${labels}}`, rest)

export const service = (name: string, ports: string, selector = ''): string =>
  object('v1', 'Service', `name: ${name}`, `spec: {selector: {${selector}}, ports: [${ports}]}`)

export const virtualService = (name: string, spec: string): string =>
  object('networking.istio.io/v1', 'VirtualService', `name: ${name}`, `spec: {${spec}}`)

export const gateway = (name: string, spec: string): string =>
  object('networking.istio.io/v1', 'Gateway', `name: ${name}`, `spec: {${spec}}`)

export const destinationRule = (name: string, spec: string): string =>
  object('networking.istio.io/v1', 'DestinationRule', `name: ${name}`, `spec: {${spec}}`)
