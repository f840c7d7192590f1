import type { CliContext } from '../cli-context.ts'
import type { InstanceStatus } from '../instance-port.ts'

const mebibytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MiB`

const describe = (status: InstanceStatus): string => {
  if (!status.running) return `Weft is not running (home ${status.home}).\n`
  const total = status.processes.reduce((sum, { residentBytes }) => sum + residentBytes, 0)
  return [
    `Weft is running (home ${status.home}).`,
    `  API server       ${status.apiServer} ${status.apiAnswers ? 'answers' : 'does not answer'}`,
    `  Ingress gateway  ${status.gateway ?? 'none'}`,
    ...status.published.map((text) => `  Published        ${text}`),
    `  Processes        ${status.processes.length}, ${mebibytes(total)} resident`,
    ...status.processes.map(
      ({ pid, command, residentBytes }) =>
        `    ${String(pid).padStart(8)} ${mebibytes(residentBytes).padStart(11)}  ${command.slice(0, 90)}`,
    ),
    '',
  ].join('\n')
}

/** `weft status`: exit code 0 when the instance runs and its API answers, else 1. */
export const status = async (
  context: CliContext,
  _parameters: readonly string[],
  options: { readonly output?: string },
): Promise<number> => {
  const found = await context.instance.status(context.signal)
  context.out(options.output === 'json' ? `${JSON.stringify(found, undefined, 2)}\n` : describe(found))
  return found.running && found.apiAnswers ? 0 : 1
}
