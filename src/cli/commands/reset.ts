import type { CliContext } from '../cli-context.ts'

/** `weft reset` */
export const reset = async (context: CliContext): Promise<number> => {
  const say = (line: string): void => context.err(`${line}\n`)
  const { instance, signal } = context
  const restarted = await instance.reset(say, signal)
  const kept = `Mapped images and the kubeconfig stay in ${instance.home}.`
  context.out(
    restarted === undefined
      ? `The cluster is empty at the next \`weft up\`. ${kept}\n`
      : `The cluster is empty and up again after ${restarted.seconds.toFixed(1)} s. ${kept}\n`,
  )
  return 0
}
