/** The few pieces of the protobuf wire format that responses are put together from. */
const encoder = new TextEncoder()

const lengthDelimited = 2

const varintLength = (value: number): number => {
  let length = 1
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) length += 1
  return length
}

/** Unsigned, below 2^53. */
const varint = (value: number): number[] => {
  const bytes: number[] = []
  let rest = value
  while (rest > 127) {
    bytes.push((rest % 128) + 128)
    rest = Math.floor(rest / 128)
  }
  bytes.push(rest)
  return bytes
}

/** Tag and length of a length-delimited field whose bytes follow. */
export const fieldHead = (field: number, length: number): Uint8Array =>
  Uint8Array.from([...varint(field * 8 + lengthDelimited), ...varint(length)])

/** A string field; an empty string is absent, as in proto3. */
export const stringField = (field: number, text: string): Uint8Array => {
  if (text === '') return new Uint8Array()
  const bytes = encoder.encode(text)
  return concatenate([fieldHead(field, bytes.length), bytes])
}

/** Length of a length-delimited field with its tag. */
export const fieldLength = (field: number, length: number): number =>
  varintLength(field * 8 + lengthDelimited) + varintLength(length) + length

export const concatenate = (parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
