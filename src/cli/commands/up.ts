import type { CliContext } from '../cli-context.ts'
import type { UpOptions } from '../instance-port.ts'

/** `weft up` */
export const up = async (
  context: CliContext,
  _parameters: readonly string[],
  options: UpOptions,
): Promise<number> => {
  const say = (line: string): void => context.err(`${line}\n`)
  const summary = await context.instance.up(options, say, context.signal)
  const state = summary.alreadyRunning ? 'is already up' : `is up after ${summary.seconds.toFixed(1)} s`
  context.out(
    [
      `Weft ${state}.`,
      `  API server       ${summary.apiServer}`,
      `  Ingress gateway  ${summary.gateway ?? 'none (the Service istio-ingressgateway has no address)'}`,
      ...summary.published.map((text) => `  Published        ${text}`),
      '',
      'Talk to it:',
      '  export KUBECONFIG=$(npx weft kubeconfig)',
      '  kubectl get pods --all-namespaces',
      '',
    ].join('\n'),
  )
  return 0
}
