import type { InstancePort } from './instance-port.ts'

/** Where a command reads and writes; `version` is the package's. */
export interface CliContext {
  readonly instance: InstancePort
  readonly version: string
  /** Where the command was given: relative paths of mapped programs start here. */
  readonly workingDirectory: string
  /** All of standard input, read when it is asked for. */
  readonly stdin?: () => Promise<string>
  /** Standard input and output themselves, for a command that speaks a protocol over them. */
  readonly streams?: () => { readonly input: NodeJS.ReadableStream; readonly output: NodeJS.WritableStream }
  /** Standard output is a terminal that shows colours; absent: it is not. */
  readonly color?: boolean
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  readonly signal: AbortSignal
  /** Every command; `runCli` gives them to the commands about commands. */
  readonly commands?: readonly CommandRow[]
}

/** A command's own module, loaded when the command is given. The number is the exit code. */
export type Action = (context: CliContext, parameters: readonly string[], options: object) => Promise<number>

export interface CommandRow {
  /** The word, or `group word` below a group such as `image`. */
  readonly name: string
  /** Commander's form: `<needed>`, `[optional]`, `[many...]`. */
  readonly parameters?: string
  readonly description: string
  /** A repeatable option may be given several times; its values are a list. */
  readonly options?: readonly (readonly [flags: string, description: string, repeatable?: 'repeatable'])[]
  readonly examples: readonly string[]
  /** Paragraphs of the manual page that the description leaves open. */
  readonly details?: readonly string[]
  /** Not for people: left out of help and completion. */
  readonly isHidden?: true
  readonly load: () => Promise<Action>
}
