/** Hover: what the field under the cursor means. */
import { MarkupKind } from 'vscode-languageserver'
import type { Hover, Position } from 'vscode-languageserver'
import { fieldAt } from '../manifests/field-at.ts'
import type { Schema } from '../resources/schema.ts'
import { plainText } from './plain-text.ts'
import { schemaAt } from './schema-at.ts'
import { offsetOf, positionOf } from './text-positions.ts'

export const typeText = (schema: Schema): string => {
  if (schema['x-kubernetes-int-or-string'] === true) return 'integer or string'
  if (schema.items !== undefined) return `list of ${typeText(schema.items)}`
  return schema.type ?? 'object'
}

const bounds = ({ minimum, maximum, default: otherwise, enum: values }: Schema): readonly string[] => [
  ...(values === undefined ? [] : [`one of ${values.map((value) => `\`${plainText(value)}\``).join(', ')}`]),
  ...(minimum === undefined ? [] : [`at least ${minimum}`]),
  ...(maximum === undefined ? [] : [`at most ${maximum}`]),
  ...(otherwise === undefined ? [] : [`by default \`${JSON.stringify(otherwise)}\``]),
]

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

export const hoverAt = (text: string, position: Position): Hover | undefined => {
  const field = fieldAt(text, offsetOf(text, position))
  if (field === undefined) return undefined
  const { object, path, start, end } = field
  const found = schemaAt(textOf(object['apiVersion']), textOf(object['kind']), path)
  if (found === undefined) return undefined
  const name = path.filter((key) => typeof key === 'string').at(-1) ?? ''
  const facts = [typeText(found.schema), ...(found.isRequired ? ['required'] : []), ...bounds(found.schema)]
  return {
    contents: {
      kind: MarkupKind.Markdown,
      value: `**${name}** · ${facts.join(' · ')}\n\n${found.description ?? ''}`.trim(),
    },
    range: { start: positionOf(text, start), end: positionOf(text, end) },
  }
}
