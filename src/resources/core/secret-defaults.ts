/** Kubernetes' defaults of a Secret: type Opaque; the write-only stringData becomes base64 in data. */
import { fill } from '../fill-defaults.ts'
import type { Secret } from './secret.ts'

const base64 = (text: string): string =>
  btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''))

export const withSecretDefaults = (secret: Secret): Secret => {
  const { stringData, ...rest } = secret
  const typed = fill<Secret>(rest, { type: 'Opaque' })
  if (stringData === undefined || stringData === null) return typed
  const encoded = Object.entries(stringData).map(([key, text]) => [key, base64(text)])
  return { ...typed, data: { ...typed.data, ...Object.fromEntries(encoded) } }
}
