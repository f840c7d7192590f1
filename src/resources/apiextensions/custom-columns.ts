/** additionalPrinterColumns as columns of tables (apiextensions tableconvertor). */
import type { JsonValue } from '../../primitives/json-value.ts'
import { parseTimestamp } from '../../primitives/timestamp.ts'
import type { Column } from '../kind.ts'
import type { KubeObject } from '../kube-object.ts'
import { ageSince } from '../meta/age.ts'
import { ageColumn, nameColumn } from '../meta/printer-columns.ts'
import type { DefinitionColumn } from './custom-resource-definition.ts'
import { parseJsonPath } from './json-path.ts'

const TYPES: ReadonlySet<string> = new Set(['string', 'integer', 'number', 'boolean', 'date'])

const isColumnType = (type: string): type is Column['type'] => TYPES.has(type)

const cellOf = (type: Column['type'], value: JsonValue, now: number): JsonValue => {
  switch (type) {
    case 'string':
      return typeof value === 'string' ? value : JSON.stringify(value)
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null
    case 'number':
      return typeof value === 'number' ? value : null
    case 'boolean':
      return typeof value === 'boolean' ? value : null
    case 'date':
      if (typeof value !== 'string') return null
      return parseTimestamp(value) === undefined ? '<invalid>' : ageSince(value, now)
  }
}

const customColumn = (definition: DefinitionColumn): Column => {
  const find = parseJsonPath(definition.jsonPath)
  const type = isColumnType(definition.type) ? definition.type : 'string'
  return {
    name: definition.name,
    // An age is text by the time that it is printed.
    type: type === 'date' ? 'string' : type,
    ...(definition.format === undefined ? {} : { format: definition.format }),
    description:
      definition.description ??
      `Custom resource definition column (in JSONPath format): ${definition.jsonPath}`,
    priority: definition.priority ?? 0,
    cell: (object: KubeObject, now) => {
      // An object of the API is JSON.
      const value = find?.(object as unknown as JsonValue)[0] ?? null
      return value === null ? null : cellOf(type, value, now)
    },
  }
}

/** NAME and the version's own columns; NAME and AGE where it has none. */
export const customColumns = (definitions: readonly DefinitionColumn[] | undefined): readonly Column[] =>
  definitions === undefined || definitions.length === 0
    ? [nameColumn, ageColumn]
    : [nameColumn, ...definitions.map(customColumn)]
