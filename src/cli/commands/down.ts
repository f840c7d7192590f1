import type { CliContext } from '../cli-context.ts'

/** `weft down` */
export const down = async (
  context: CliContext,
  _parameters: readonly string[],
  options: { readonly purge?: boolean },
): Promise<number> => {
  const purge = options.purge === true
  const wasRunning = await context.instance.down({ purge }, context.signal)
  const state = purge ? 'Its state is forgotten.' : `Its state stays in ${context.instance.home}.`
  context.out(`${wasRunning ? 'Weft is down.' : 'Weft was not running.'} ${state}\n`)
  return 0
}
