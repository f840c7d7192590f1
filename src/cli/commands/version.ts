import type { CliContext } from '../cli-context.ts'

/** `weft version` */
export const version = async (context: CliContext): Promise<number> => {
  const { envoy, kubernetes } = context.instance.versions
  context.out(`weft ${context.version}\nEnvoy ${envoy} (pinned)\nKubernetes API ${kubernetes}\n`)
  return 0
}
