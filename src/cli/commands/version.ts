import type { CliContext } from '../cli-context.ts'

/** `weft version` */
export const version = async (context: CliContext): Promise<number> => {
  context.out(`weft ${context.version}\n`)
  return 0
}
