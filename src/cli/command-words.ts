/** The words of the command table as completion and manual pages read them. */
import type { CommandRow } from './cli-context.ts'

export interface OptionWords {
  /** `-o`, `--output`. */
  readonly names: readonly string[]
  /** The value's name, `format`; absent: the option is a switch. */
  readonly value?: string
  readonly description: string
}

export const optionWords = ([flags, description]: readonly [string, string, ...unknown[]]): OptionWords => {
  const value = /[<[]([^\]>]+)[\]>]/.exec(flags)?.[1]
  const names = flags.split(/[ ,]+/).filter((word) => word.startsWith('-'))
  return { names, description, ...(value === undefined ? {} : { value }) }
}

/** Options that every command takes. */
export const commonOptions: readonly OptionWords[] = [
  {
    names: ['--home'],
    value: 'directory',
    description: 'everything that an instance keeps (default: $WEFT_HOME or ~/.weft)',
  },
  { names: ['-h', '--help'], description: 'display help for command' },
]

export const optionsOf = (row: CommandRow): readonly OptionWords[] => [
  ...(row.options ?? []).map(optionWords),
  ...commonOptions,
]

/** The row whose words begin the command line, and how many words those are. */
export const findCommand = (
  commands: readonly CommandRow[],
  words: readonly string[],
): { readonly row: CommandRow; readonly length: number } | undefined => {
  for (const length of [2, 1]) {
    const row = commands.find(({ name }) => name === words.slice(0, length).join(' '))
    if (row !== undefined && words.length >= length) return { row, length }
  }
  return undefined
}
