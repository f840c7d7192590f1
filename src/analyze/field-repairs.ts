/** Repairs of fields of objects that can be read: misspelled names, and names and values that Istio has replaced. */
import { schema } from './analyzers/schema.ts'
import { renamedValues } from './analyzers/renamed-values.ts'
import { deprecations } from './analyzers/deprecations.ts'
import type { Finding } from './finding.ts'
import { createObjectSet } from './object-set.ts'
import { fieldSteps } from '../manifests/field-steps.ts'
import type { ManifestObject } from '../manifests/manifest.ts'
import type { Repair } from '../manifests/repair.ts'
import { isJsonObject } from '../primitives/json-value.ts'

/** A field's new name, and whether its number stands in an object there: `percentage: {value: 50}`. */
interface Renaming {
  readonly name: string
  readonly isWrapped?: true
}

const OLD_NAMES: readonly (readonly [field: RegExp, renaming: Renaming])[] = [
  [/\.fault\.(?:abort|delay)\.percent$/, { name: 'percentage', isWrapped: true }],
  [/\.mirror_?[pP]ercent$/, { name: 'mirrorPercentage', isWrapped: true }],
  [/\.outlierDetection\.consecutiveErrors$/, { name: 'consecutive5xxErrors' }],
]

const DID_YOU_MEAN = /, did you mean `(?<name>[^`]+)`\?$/

const renamingOf = ({ code, field = '', message }: Finding): Renaming | undefined => {
  const old = OLD_NAMES.find(([pattern]) => pattern.test(field))?.[1]
  if (old !== undefined) return old
  const name =
    code === 'IST0106' || code === 'WFT0002' ? DID_YOU_MEAN.exec(message)?.groups?.['name'] : undefined
  return name === undefined ? undefined : { name }
}

/** True when the object has the field already: renaming another to it would write it twice. */
const hasSibling = ({ object }: ManifestObject, field: string, name: string): boolean => {
  let value: unknown = object
  for (const step of fieldSteps(field).slice(0, -1)) {
    if (Array.isArray(value)) value = value[Number(step)]
    else value = isJsonObject(value) ? value[step] : undefined
  }
  return isJsonObject(value) && Object.hasOwn(value, name)
}

/** The rest of a line with the key at its beginning renamed; undefined when it does not begin with the key. */
const renamed = (rest: string, key: string, { name, isWrapped }: Renaming): string | undefined => {
  const quote = rest.startsWith('"') || rest.startsWith("'") ? (rest[0] ?? '') : ''
  const written = `${quote}${key}${quote}`
  const after = rest.slice(written.length)
  if (!rest.startsWith(written) || !/^\s*:/.test(after)) return undefined
  if (isWrapped !== true) return `${quote}${name}${quote}${after}`
  const number = /^(?<colon>\s*:\s*)(?<number>\d+(?:\.\d+)?)(?<end>\s*(?:[,}#].*)?)$/.exec(after)?.groups
  if (number === undefined) return undefined
  const { colon = '', end = '' } = number
  const inner = quote === '' ? 'value' : `${quote}value${quote}`
  return `${quote}${name}${quote}${colon}{${inner}: ${number['number'] ?? ''}}${end}`
}

const replaceValue = (rest: string): string | undefined =>
  /\bLEAST_CONN\b/.test(rest) ? rest.replace('LEAST_CONN', 'LEAST_REQUEST') : undefined

/** The line to write for a finding; undefined where the repair would not be safe. `lines`: of the whole text. */
export const repairOf = (found: Finding, lines: readonly string[]): Repair | undefined => {
  const { field, subject } = found
  if (field === undefined) return undefined
  const { line, column } = subject.manifest.positionOf(field)
  const text = (lines[line - 1] ?? '').replace(/\r$/, '')
  const rest = text.slice(column - 1)
  const steps = fieldSteps(field)
  const renaming = renamingOf(found)
  let written: string | undefined
  if (found.code === 'WFT0003') written = replaceValue(rest)
  else if (renaming !== undefined && !hasSibling(subject.manifest, field, renaming.name)) {
    written = renamed(rest, String(steps.at(-1) ?? ''), renaming)
  }
  return written === undefined
    ? undefined
    : { firstLine: line, lastLine: line, lines: [text.slice(0, column - 1) + written] }
}

/** The first safe repair of a field in a text; undefined when there is none. */
export const findFieldRepair = (objects: readonly ManifestObject[], text: string): Repair | undefined => {
  const set = createObjectSet(objects, { defaultNamespace: 'default' })
  const lines = text.split('\n')
  for (const analyzer of [schema, renamedValues, deprecations]) {
    for (const found of analyzer.analyze(set)) {
      const repair = repairOf(found, lines)
      if (repair !== undefined) return repair
    }
  }
  return undefined
}
