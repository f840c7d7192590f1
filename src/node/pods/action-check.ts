import { spawn } from 'node:child_process'
import { connect } from 'node:net'
import { messageOf } from '../../primitives/coded-error.ts'
import { fail, ok, type Result } from '../../primitives/result.ts'
import type { ActionHandler, Container } from '../../resources/core/container.ts'
import { expandReferences } from './env-variables.ts'
import { checkHttp, type HttpCheck } from './http-check.ts'

/** Where a probe or hook looks: HTTP and TCP go to the pod's address, commands run in the container. */
export interface ActionTarget {
  readonly container: Container
  readonly podIp: string
  /** The words that run a command inside the container. */
  readonly command: (command: readonly string[]) => {
    readonly file: string
    readonly args: readonly string[]
    readonly env: Readonly<Record<string, string>>
  }
}

export interface ActionSuccess {
  /** What was not as it should be, though it counts as a success. */
  readonly warning?: string
}

/** The error is the text of what went wrong, as a kubelet words it. */
export type ActionResult = Result<ActionSuccess, string>

export interface ActionRequest {
  readonly action: ActionHandler
  readonly target: ActionTarget
  readonly purpose: HttpCheck['purpose']
  /** For the words of a timeout; absent: there is none of its own. */
  readonly timeoutSeconds?: number
}

const success: ActionResult = ok({})

/** The number of a port given by number or by a name of the container's ports. */
export const portNumber = (port: number | string, container: Container): number | undefined => {
  if (typeof port === 'number') return port
  const named = container.ports?.find((each) => each.name === port)?.containerPort
  const parsed = /^\d+$/.test(port) ? Number.parseInt(port, 10) : undefined
  return named ?? parsed
}

const noSuchPort = (port: number | string): ActionResult =>
  fail(`couldn't find port: ${JSON.stringify(port)} in the container's ports`)

const runHttp = async (
  action: HttpCheck['action'],
  { target, purpose }: ActionRequest,
  signal: AbortSignal,
): Promise<ActionResult> => {
  const port = portNumber(action.port, target.container)
  if (port === undefined) return noSuchPort(action.port)
  const host = (action.host ?? '') === '' ? target.podIp : (action.host ?? '')
  const answer = await checkHttp({ action, host, port, purpose }, signal)
  if (!answer.ok) return answer
  // A hook is heard; what the application answers is its own affair (kubelet lifecycle handlers).
  if (purpose === 'lifecycle') return success
  const { code, body, leadsAway } = answer.value
  if (code < 200 || code >= 400) return fail(`HTTP probe failed with statuscode: ${code}`)
  return code >= 300 || leadsAway
    ? ok({ warning: `Probe terminated redirects, Response body: ${body}` })
    : success
}

const connectWords: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
  ECONNRESET: 'connection reset by peer',
}

const runTcp = (
  action: NonNullable<ActionHandler['tcpSocket']>,
  target: ActionTarget,
  signal: AbortSignal,
): Promise<ActionResult> =>
  new Promise((resolve) => {
    const port = portNumber(action.port, target.container)
    if (port === undefined) return resolve(noSuchPort(action.port))
    const host = (action.host ?? '') === '' ? target.podIp : (action.host ?? '')
    const socket = connect({ host, port })
    const finish = (result: ActionResult): void => {
      signal.removeEventListener('abort', onAbort)
      socket.destroy()
      resolve(result)
    }
    const onAbort = (): void => finish(fail(`dial tcp ${host}:${port}: i/o timeout`))
    signal.addEventListener('abort', onAbort, { once: true })
    socket.on('connect', () => finish(success))
    socket.on('error', (error) => {
      const words = connectWords['code' in error ? String(error.code) : ''] ?? messageOf(error)
      finish(fail(`dial tcp ${host}:${port}: connect: ${words}`))
    })
  })

const longestOutput = 10 * 1024

/** The variables with a plain value; a probe's command may name them. */
const staticVariables = (container: Container): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (container.env ?? []).flatMap(({ name, value, valueFrom }) =>
      valueFrom === undefined ? [[name, value ?? '']] : [],
    ),
  )

const runExec = (
  words: readonly string[],
  { target, timeoutSeconds }: ActionRequest,
  signal: AbortSignal,
): Promise<ActionResult> =>
  new Promise((resolve) => {
    const variables = staticVariables(target.container)
    const command = words.map((word) => expandReferences(word, variables))
    const { file, args, env } = target.command(command)
    const child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    let output = ''
    const take = (text: string): void => {
      output = (output + text).slice(0, longestOutput)
    }
    child.stdout.setEncoding('utf8').on('data', take)
    child.stderr.setEncoding('utf8').on('data', take)
    const onAbort = (): void => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
      const after = timeoutSeconds === undefined ? '' : ` after ${timeoutSeconds}s`
      resolve(fail(`command timed out: ${JSON.stringify(command.join(' '))} timed out${after}`))
    }
    signal.addEventListener('abort', onAbort, { once: true })
    child.on('error', (error) => resolve(fail(messageOf(error))))
    child.on('close', (code) => {
      signal.removeEventListener('abort', onAbort)
      resolve(code === 0 ? success : fail(output || `command ended with exit code ${code}`))
    })
  })

/** Runs a probe's or hook's action once; never throws. Aborting `signal` is the timeout. */
export const runAction = async (request: ActionRequest, signal: AbortSignal): Promise<ActionResult> => {
  const { action, target } = request
  if (action.httpGet !== undefined) return runHttp(action.httpGet, request, signal)
  if (action.tcpSocket !== undefined) return runTcp(action.tcpSocket, target, signal)
  if (action.exec !== undefined) return runExec(action.exec.command ?? [], request, signal)
  return success
}
