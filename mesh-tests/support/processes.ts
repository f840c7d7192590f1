/** The processes of an instance, to be killed. */
import type { Instance } from './instance.ts'
import { until } from './traffic.ts'

export interface RunningProcess {
  readonly pid: number
  readonly command: string
}

const MAIN = { server: 'server-main.js', node: 'node-main.js', supervisor: 'supervisor-main.js' }

export const processesOf = async (instance: Instance): Promise<readonly RunningProcess[]> => {
  const status = JSON.parse((await instance.weft('status', '-o', 'json')).stdout) as {
    readonly processes?: readonly RunningProcess[]
  }
  return status.processes ?? []
}

/** The init's own command line names the supervisor too: it is a shell. */
export const findProcess = async (
  instance: Instance,
  part: keyof typeof MAIN,
): Promise<RunningProcess | undefined> =>
  (await processesOf(instance)).find(
    ({ command }) => !command.startsWith('sh ') && command.includes(`/${MAIN[part]} ${instance.home}`),
  )

/** `kill -9`; resolves when another process has taken its place. */
export const killProcess = async (instance: Instance, part: keyof typeof MAIN): Promise<void> => {
  const found = await findProcess(instance, part)
  if (found === undefined) throw new Error(`there is no ${part} to kill`)
  process.kill(found.pid, 'SIGKILL')
  await until(`the ${part} runs again`, async () => {
    const next = await findProcess(instance, part)
    return next !== undefined && next.pid !== found.pid
  })
}
