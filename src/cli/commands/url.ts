import { CodedError } from '../../primitives/coded-error.ts'
import type { CliContext } from '../cli-context.ts'

/** `weft url` */
export const url = async (context: CliContext): Promise<number> => {
  const found = await context.instance.status(context.signal)
  if (!found.running)
    throw new CodedError('instance-not-running', 'Weft is not running; start it with `weft up`')
  if (found.gateway === undefined) {
    throw new CodedError(
      'gateway-without-address',
      'the Service istio-ingressgateway in istio-system has no address; see `kubectl -n istio-system describe service istio-ingressgateway`',
    )
  }
  context.out(`${found.gateway}\n`)
  return 0
}
