/** The `fieldPath` of a rule: `.spec.size`, `['x-field']`, below the place of the rule. */
import { child, item } from '../field-path.ts'
import type { Schema } from '../schema.ts'

const STEP = /^(?:\.(?<name>[A-Za-z_][\w-]*)|\['(?<quoted>(?:[^'\\]|\\['\\])+)'\])/

interface Step {
  readonly name: string
  readonly length: number
}

const stepOf = (text: string): Step | undefined => {
  const step = STEP.exec(text)
  const name = step?.groups?.['name'] ?? step?.groups?.['quoted']?.replaceAll(/\\(.)/g, '$1')
  return step === null || name === undefined ? undefined : { name, length: step[0].length }
}

/** The path as errors show it, without the rule's own place; undefined when it is malformed or names no field. */
export const parseRuleFieldPath = (text: string, schema: Schema): string | undefined => {
  let rest = text
  let path = ''
  let current = schema
  while (rest !== '') {
    const step = stepOf(rest)
    if (step === undefined) return undefined
    const { properties, additionalProperties: values } = current
    const isMap = properties === undefined && typeof values === 'object'
    const next: Schema | undefined = isMap ? values : properties?.[step.name]
    if (next === undefined) return undefined
    path = isMap ? item(path, step.name) : child(path, step.name)
    current = next
    rest = rest.slice(step.length)
  }
  return path
}
