import { CodedError } from '../../primitives/coded-error.ts'
import type { CliContext } from '../cli-context.ts'
import { shells, shellScript } from '../completion/shell-scripts.ts'

/** `weft completion SHELL` */
export const completion = async (context: CliContext, parameters: readonly string[]): Promise<number> => {
  const [shell = ''] = parameters
  const script = shellScript(shell)
  if (script === undefined)
    throw new CodedError(
      'wrong-usage',
      `there is no completion for ${JSON.stringify(shell)}; write ${shells.join(', ')}`,
    )
  context.out(script)
  return 0
}
