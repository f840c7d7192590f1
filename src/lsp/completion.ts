/** Completion: fields that an object may have, and values that a field may have. */
import { CompletionItemKind, MarkupKind } from 'vscode-languageserver'
import type { CompletionItem, Position } from 'vscode-languageserver'
import { resolveSchema } from '../resources/resolve-schema.ts'
import { schemaLibrary } from '../resources/schema-library.ts'
import type { Schema } from '../resources/schema.ts'
import { valuesFor } from './complete-values.ts'
import { cursorAt } from './cursor.ts'
import type { Cursor } from './cursor.ts'
import { typeText } from './hover.ts'
import { schemaAt } from './schema-at.ts'
import type { Workspace } from './workspace.ts'

/** What is written behind the key: the value follows on the line, or below. */
const tail = (schema: Schema, isFlow: boolean): string =>
  !isFlow && (schema.type === 'object' || schema.type === 'array') ? ':' : ': '

const fieldItems = (schema: Schema, { siblings, path, isFlow }: Cursor): readonly CompletionItem[] =>
  Object.entries(schema.properties ?? {})
    // The status is the system's.
    .filter(([name]) => !siblings.has(name) && !(path.length === 0 && name === 'status'))
    .map(([name, property]) => {
      const resolved = resolveSchema(property, schemaLibrary)
      const description = property.description ?? resolved.description
      const isRequired = schema.required?.includes(name) === true
      return {
        label: name,
        kind: CompletionItemKind.Field,
        detail: typeText(resolved) + (isRequired ? ' · required' : ''),
        insertText: name + tail(resolved, isFlow),
        // What must be there comes first.
        sortText: `${isRequired ? '0' : '1'}${name}`,
        ...(description === undefined
          ? {}
          : { documentation: { kind: MarkupKind.Markdown, value: description } }),
      }
    })

const isObject = (schema: Schema | undefined): boolean =>
  schema?.properties !== undefined || schema?.additionalProperties !== undefined

/** Before a kind is known, the fields that every object has. */
const BARE: Schema = {
  type: 'object',
  required: ['apiVersion', 'kind', 'metadata'],
  properties: {
    apiVersion: {
      type: 'string',
      description: 'The group and version of the kind, such as networking.istio.io/v1.',
    },
    kind: { type: 'string', description: 'The kind, such as VirtualService.' },
    metadata: { type: 'object', description: 'Name, namespace, labels and annotations.' },
    spec: { type: 'object', description: 'What is wanted.' },
  },
}

export const completionsAt = (
  workspace: Workspace,
  uri: string,
  position: Position,
): readonly CompletionItem[] => {
  const text = workspace.textOf(uri)
  const cursor = text === undefined ? undefined : cursorAt(text, position)
  if (cursor === undefined) return []
  const { apiVersion, kind, path, expects } = cursor
  const known = schemaAt(apiVersion, kind, path)?.schema
  const schema = known ?? (path.length === 0 ? BARE : undefined)
  if (expects === 'key' && schema !== undefined && isObject(schema)) return fieldItems(schema, cursor)
  return valuesFor(workspace.objects(), cursor, schema).map(({ label, detail }) => ({
    label,
    detail,
    kind: CompletionItemKind.Value,
  }))
}
