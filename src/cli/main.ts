/** The command line: one file per command, each parses, calls and prints. */
import { Command, CommanderError } from 'commander'
import { CodedError, messageOf } from '../primitives/coded-error.ts'
import { ApiError } from '../machinery/api-error.ts'
import type { CliContext, CommandRow } from './cli-context.ts'
import { commands } from './command-table.ts'

const groups: Readonly<Record<string, string>> = { image: 'Which local program an image name stands for' }

/** The command that holds `name`: the program itself, or its group, made when it is first needed. */
const parentOf = (program: Command, name: string): { readonly parent: Command; readonly word: string } => {
  const [group = '', word] = name.split(' ')
  if (word === undefined) return { parent: program, word: group }
  const known = program.commands.find((command) => command.name() === group)
  return { parent: known ?? program.command(group).description(groups[group] ?? ''), word }
}

const addCommand = (
  program: Command,
  row: CommandRow,
  context: CliContext,
  done: (code: number) => void,
): void => {
  const { parent, word } = parentOf(program, row.name)
  const hidden = { hidden: row.isHidden === true }
  const command = parent
    .command(`${word} ${row.parameters ?? ''}`.trim(), hidden)
    .description(row.description)
  for (const [flags, description, repeatable] of row.options ?? []) {
    if (repeatable === undefined) command.option(flags, description)
    else command.option(flags, description, (value: string, earlier: string[]) => [...earlier, value], [])
  }
  command.addHelpText('after', `\nExamples:\n${row.examples.map((example) => `  ${example}`).join('\n')}`)
  command.action(async () => {
    const action = await row.load()
    done(await action({ ...context, commands }, command.args, command.opts()))
  })
}

/** Codes of errors in what the user asked for, not in what was done. */
const WRONG_USAGE: ReadonlySet<string> = new Set([
  'wrong-usage',
  'manifest-unreadable',
  'image-command-missing',
  'proxy-config-view',
])

/** What a user reads when a command fails: the reason, and the code to look up. */
const describe = (error: unknown): string => {
  if (error instanceof CodedError) return `${error.message}\n(${error.code})`
  if (error instanceof ApiError) return `Error from server (${error.status.reason}): ${error.message}`
  return error instanceof Error ? (error.stack ?? error.message) : messageOf(error)
}

/**
 * Runs one command. Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.
 * `--home` is read by `app` before the commands are known, and only declared here for the help.
 */
export const runCli = async (argv: readonly string[], context: CliContext): Promise<number> => {
  let code = 0
  const program = new Command('weft')
    .description(
      'A service mesh with the Istio API: one command, no cluster needed, stock Envoy as data plane.',
    )
    .option('--home <directory>', 'everything that an instance keeps (default: $WEFT_HOME or ~/.weft)')
    .version(context.version, '-V, --version')
    .helpCommand(false)
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({ writeOut: context.out, writeErr: context.err })
  for (const row of commands) addCommand(program, row, context, (value) => (code = value))
  try {
    await program.parseAsync([...argv], { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (context.signal.aborted) {
      context.err('Interrupted.\n')
      return 130
    }
    context.err(`${describe(error)}\n`)
    return error instanceof CodedError && WRONG_USAGE.has(error.code) ? 2 : 1
  }
}
