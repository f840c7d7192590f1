import type { InstancePort } from './instance-port.ts'

/** Where a command reads and writes; `version` is the package's. */
export interface CliContext {
  readonly instance: InstancePort
  readonly version: string
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  readonly signal: AbortSignal
}
