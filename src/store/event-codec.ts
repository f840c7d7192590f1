/** Values and events as the text that LMDB holds: a short head, a line break, the users' text as it is. */
import type { StoredValue, StoreEvent } from './store.ts'

export const encodeValue = (value: string, revision: number): string => `${revision}\n${value}`

export const decodeValue = (key: string, stored: string): StoredValue => {
  const end = stored.indexOf('\n')
  return { key, value: stored.slice(end + 1), revision: Number(stored.slice(0, end)) }
}

/**
 * One line of JSON, then the value and the previous value as they are. The line: type, key, length of the value, and
 * the previous value's revision (true where it is not known, false without a previous value).
 */
export const encodeEvent = (event: StoreEvent): string => {
  const known = event.previousRevision ?? true
  if (event.type === 'delete') return `${JSON.stringify(['delete', event.key, 0, known])}\n${event.previous}`
  const head = JSON.stringify(['put', event.key, event.value.length, event.previous !== undefined && known])
  return `${head}\n${event.value}${event.previous ?? ''}`
}

export const decodeEvent = (revision: number, stored: string): StoreEvent => {
  const end = stored.indexOf('\n')
  const [type, key, length, before]: unknown[] = JSON.parse(stored.slice(0, end))
  const known = typeof before === 'number' ? { previousRevision: before } : {}
  const body = stored.slice(end + 1)
  if (type === 'delete') return { type, key: String(key), previous: body, ...known, revision }
  const value = body.slice(0, Number(length))
  const previous = before === false ? undefined : body.slice(Number(length))
  return { type: 'put', key: String(key), value, previous, ...known, revision }
}
