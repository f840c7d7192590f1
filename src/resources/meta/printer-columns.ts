/** Columns that many kinds share. */
import type { JsonValue } from '../../primitives/json-value.ts'
import type { Column } from '../kind.ts'
import type { KubeObject } from '../kube-object.ts'
import { ageSince } from './age.ts'

export const nameColumn: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'Name must be unique within a namespace.',
  priority: 0,
  cell: (object) => object.metadata.name,
}

export const ageColumn: Column = {
  name: 'Age',
  type: 'string',
  description: 'How long ago the object was created.',
  priority: 0,
  cell: (object, now) => ageSince(object.metadata.creationTimestamp, now),
}

/** A column of one kind: `cell` is called with objects of that kind alone. */
export const column = <T extends KubeObject>(
  name: string,
  description: string,
  cell: (object: T, now: number) => JsonValue,
  options?: { readonly wide?: boolean; readonly type?: Column['type'] },
): Column => ({
  name,
  type: options?.type ?? 'string',
  description,
  priority: options?.wide === true ? 1 : 0,
  cell: (object, now) => cell(object as T, now),
})

/** Text for a list that may be long: three items, then how many more; `whenEmpty` for none. */
export const listWithMore = (items: readonly string[], whenEmpty: string): string => {
  if (items.length === 0) return whenEmpty
  const shown = items.slice(0, 3).join(',')
  return items.length > 3 ? `${shown} + ${items.length - 3} more...` : shown
}
