import type { CliContext } from '../cli-context.ts'
import type { HostFinding } from '../instance-port.ts'
import { textTable } from '../text-table.ts'

const rowsOf = ({ check, level, message, advice }: HostFinding): readonly (readonly string[])[] => [
  [level, check, message],
  ...(advice === undefined ? [] : [['', '', `→ ${advice}`]]),
]

const describe = (findings: readonly HostFinding[]): string => {
  const count = findings.filter(({ level }) => level === 'missing').length
  const verdict =
    count === 0
      ? 'Weft can run here.'
      : `Weft cannot run here: ${count} of ${findings.length} things that it needs ${count === 1 ? 'is' : 'are'} missing.`
  return `${textTable(findings.flatMap(rowsOf))}\n${verdict}\n`
}

/** `weft doctor`: exit code 1 when something is missing without which nothing starts. */
export const doctor = async (
  context: CliContext,
  _parameters: readonly string[],
  options: { readonly output?: string },
): Promise<number> => {
  const findings = await context.instance.doctor(context.signal)
  const canRun = findings.every(({ level }) => level !== 'missing')
  context.out(
    options.output === 'json'
      ? `${JSON.stringify({ canRun, findings }, undefined, 2)}\n`
      : describe(findings),
  )
  return canRun ? 0 : 1
}
