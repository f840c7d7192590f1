/** Values and events as the text that LMDB holds: a short head, a line break, the users' text as it is. */
import type { StoredValue, StoreEvent } from './store.ts'

export const encodeValue = (value: string, revision: number): string => `${revision}\n${value}`

export const decodeValue = (key: string, stored: string): StoredValue => {
  const end = stored.indexOf('\n')
  return { key, value: stored.slice(end + 1), revision: Number(stored.slice(0, end)) }
}

/** One line of JSON (type, key, length of the value or null), then the value and the previous value as they are. */
export const encodeEvent = (event: StoreEvent): string => {
  if (event.type === 'delete') return `${JSON.stringify(['delete', event.key, 0, true])}\n${event.previous}`
  const head = JSON.stringify(['put', event.key, event.value.length, event.previous !== undefined])
  return `${head}\n${event.value}${event.previous ?? ''}`
}

export const decodeEvent = (revision: number, stored: string): StoreEvent => {
  const end = stored.indexOf('\n')
  const [type, key, length, hasPrevious]: unknown[] = JSON.parse(stored.slice(0, end))
  const body = stored.slice(end + 1)
  if (type === 'delete') return { type, key: String(key), previous: body, revision }
  const value = body.slice(0, Number(length))
  const previous = hasPrevious === true ? body.slice(Number(length)) : undefined
  return { type: 'put', key: String(key), value, previous, revision }
}
