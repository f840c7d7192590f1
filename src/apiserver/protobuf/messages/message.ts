/** How Kubernetes' protobuf messages are written down here: one text per field, by the field's JSON name. */
import { objectMemo } from '../../../primitives/object-memo.ts'

/**
 * `<number> <mark><type>`, e.g. `'3 []ContainerPort'`.
 * Types: `string`, `bytes` (base64 in JSON), `bool`, `int`, a well-known type (see well-known-types.ts), or the name
 * of a message. Marks: `[]` a list; `{}` a map with keys of text; `...` a message whose fields stand in JSON among
 * those around it; `!` a scalar whose zero is meant.
 * Of all other scalars the zero means nothing; Go writes it all the same, where its JSON has none.
 */
export type FieldText = `${number} ${string}`

export type Message = Readonly<Record<string, FieldText>>

export type Messages = Readonly<Record<string, Message>>

export type Shape = 'single' | 'list' | 'map' | 'inline'

export interface Field {
  readonly number: number
  readonly name: string
  readonly shape: Shape
  readonly type: string
  readonly keepsZero: boolean
}

/** A message's fields, ready for reading. */
export interface Fields {
  readonly byNumber: ReadonlyMap<number, Field>
}

const shapes: Readonly<Record<string, Shape>> = { '[]': 'list', '{}': 'map', '...': 'inline' }

const fieldText = /^(?<number>\d+) (?<mark>\[\]|\{\}|\.\.\.|!)?(?<type>\w+)$/

const fieldOf = (name: string, text: FieldText): Field => {
  const { number = '', mark = '', type = '' } = fieldText.exec(text)?.groups ?? {}
  return { number: Number(number), name, shape: shapes[mark] ?? 'single', type, keepsZero: mark === '!' }
}

const readFields = (message: Message): Fields => ({
  byNumber: new Map(
    Object.entries(message).map(([name, text]) => {
      const field = fieldOf(name, text)
      return [field.number, field]
    }),
  ),
})

const remembered = objectMemo<Fields>()

/** The fields of a message; its texts are read once. */
export const fieldsOf = (message: Message): Fields => remembered.at([message], '', () => readFields(message))
