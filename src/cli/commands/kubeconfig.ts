import { existsSync } from 'node:fs'
import { CodedError } from '../../primitives/coded-error.ts'
import type { CliContext } from '../cli-context.ts'

/** `weft kubeconfig` */
export const kubeconfig = async (context: CliContext): Promise<number> => {
  const path = context.instance.kubeconfig
  if (!existsSync(path)) {
    throw new CodedError('kubeconfig-missing', `there is no ${path} yet; start the instance with \`weft up\``)
  }
  context.out(`${path}\n`)
  return 0
}
