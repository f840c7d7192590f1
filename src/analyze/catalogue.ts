/** Findings over a set of objects: what Istio would refuse, and what will not do what its author means. The numbered catalogue. */
import { appMeshMessages } from './catalogue/app-mesh-messages.ts'
import { gatewayApiMessages } from './catalogue/gateway-api-messages.ts'
import { meshMessages } from './catalogue/mesh-messages.ts'
import type { Level, MessageRow } from './catalogue/message-row.ts'
import { schemaMessages } from './catalogue/schema-messages.ts'
import { trafficMessages } from './catalogue/traffic-messages.ts'
import { weftMessages } from './catalogue/weft-messages.ts'
import { workloadMessages } from './catalogue/workload-messages.ts'

const rows = {
  ...schemaMessages,
  ...trafficMessages,
  ...workloadMessages,
  ...meshMessages,
  ...weftMessages,
  ...gatewayApiMessages,
  ...appMeshMessages,
} as const

/** Codes `IST…` are Istio's own; `WFT…` are ours, about what Istio says nothing about. */
export type Code = keyof typeof rows

export interface CatalogueEntry extends MessageRow {
  readonly code: Code
  /** Istio's page about one of its codes; ours are explained by `weft explain-code`. */
  readonly documentationUrl?: string
}

const entryOf = (code: Code): CatalogueEntry => ({
  code,
  ...rows[code],
  ...(code.startsWith('IST')
    ? { documentationUrl: `https://istio.io/latest/docs/reference/config/analysis/${code.toLowerCase()}/` }
    : {}),
})

export const isCode = (text: string): text is Code => Object.hasOwn(rows, text)

/** Every entry, in the order of the codes. */
export const catalogue = (): readonly CatalogueEntry[] => Object.keys(rows).filter(isCode).sort().map(entryOf)

/** The entry of a code; letters of either case. */
export const findCatalogueEntry = (code: string): CatalogueEntry | undefined => {
  const upper = code.toUpperCase()
  return isCode(upper) ? entryOf(upper) : undefined
}

export const catalogueEntry = (code: Code): CatalogueEntry => entryOf(code)

export const levelOf = (code: Code): Level => rows[code].level

/** A value for one verb of a template. */
export type Parameter = string | number | readonly (string | number)[]

const formatted = (verb: string, parameter: Parameter): string => {
  if (typeof parameter === 'object') return `[${parameter.join(' ')}]`
  return verb === '%q' ? JSON.stringify(parameter) : String(parameter)
}

/** The text of a finding: the template of its code with the verbs replaced in order. */
export const formatMessage = (code: Code, parameters: readonly Parameter[]): string => {
  let index = 0
  return rows[code].template.replaceAll(/%[sqdv]/g, (verb) => {
    const parameter = parameters[index]
    index += 1
    return parameter === undefined ? verb : formatted(verb, parameter)
  })
}
