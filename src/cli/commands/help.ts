import { CodedError } from '../../primitives/coded-error.ts'
import type { CliContext } from '../cli-context.ts'
import { manualIndex, manualPage } from '../help/manual-page.ts'

/** `weft help [COMMAND]`: its manual page; for a group such as `image` the pages of all in it. */
export const help = async (context: CliContext, parameters: readonly string[]): Promise<number> => {
  const commands = context.commands ?? []
  if (parameters.length === 0) {
    context.out(manualIndex(commands))
    return 0
  }
  const name = parameters.join(' ')
  const found = commands.filter((row) => row.name === name || row.name.startsWith(`${name} `))
  if (found.length === 0)
    throw new CodedError(
      'wrong-usage',
      `there is no command ${JSON.stringify(name)}; \`weft help\` lists them`,
    )
  context.out(found.map(manualPage).join('\n'))
  return 0
}
