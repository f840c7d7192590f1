import type { InstancePort } from './instance-port.ts'

/** Where a command reads and writes; `version` is the package's. */
export interface CliContext {
  readonly instance: InstancePort
  readonly version: string
  /** Where the command was given: relative paths of mapped programs start here. */
  readonly workingDirectory: string
  /** All of standard input, read when it is asked for. */
  readonly stdin?: () => Promise<string>
  /** Standard output is a terminal that shows colours; absent: it is not. */
  readonly color?: boolean
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  readonly signal: AbortSignal
}
