/** A thrown error: a bug or a lost resource. `code` is stable and greppable; `message` tells the operator's next step. */
export class CodedError extends Error {
  override readonly name: string = 'CodedError'
  readonly code: string

  constructor(code: string, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}

/** The text of whatever was thrown. */
export const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown)

/** The code of a system error (`ENOENT`, `EADDRINUSE` ...), of our own errors too; undefined for what carries none. */
export const errorCodeOf = (thrown: unknown): string | undefined =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined
