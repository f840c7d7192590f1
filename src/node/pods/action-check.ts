import { spawn } from 'node:child_process'
import { request as requestHttp, type RequestOptions } from 'node:http'
import { request as requestHttps } from 'node:https'
import { connect } from 'node:net'
import { messageOf } from '../../primitives/coded-error.ts'
import { fail, ok, type Result } from '../../primitives/result.ts'
import type { ActionHandler, Container, HttpGetAction } from '../../resources/core/container.ts'

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

/** The text of what went well or wrong, as a kubelet words it. */
export type ActionResult = Result<string, string>

/** The number of a port given by number or by a name of the container's ports. */
export const portNumber = (port: number | string, container: Container): number | undefined => {
  if (typeof port === 'number') return port
  const named = container.ports?.find((each) => each.name === port)?.containerPort
  const parsed = /^\d+$/.test(port) ? Number.parseInt(port, 10) : undefined
  return named ?? parsed
}

const httpHeaders = (action: HttpGetAction, purpose: string): Record<string, string[]> => {
  const headers: Record<string, string[]> = {}
  for (const { name, value } of action.httpHeaders ?? []) {
    const key = name.toLowerCase()
    headers[key] = [...(headers[key] ?? []), value]
  }
  headers['user-agent'] ??= [purpose]
  headers['accept'] ??= ['*/*']
  return headers
}

const agentName = 'kube-probe/1.32'

const runHttp = (action: HttpGetAction, target: ActionTarget, signal: AbortSignal): Promise<ActionResult> =>
  new Promise((resolve) => {
    const port = portNumber(action.port, target.container)
    if (port === undefined)
      return resolve(fail(`no port named ${JSON.stringify(action.port)} in the container`))
    const headers = httpHeaders(action, agentName)
    const path = action.path ?? '/'
    const options: RequestOptions = {
      host: action.host ?? target.podIp,
      port,
      path: path.startsWith('/') ? path : `/${path}`,
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, values]) => [name, name === 'host' ? values[0] : values]),
      ),
      agent: false,
      signal,
    }
    // Probes do not check certificates (https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/).
    const request =
      action.scheme === 'HTTPS'
        ? requestHttps({ ...options, rejectUnauthorized: false })
        : requestHttp(options)
    request.on('response', (response) => {
      const code = response.statusCode ?? 0
      response.resume()
      response.on('error', () => undefined)
      response.on('end', () =>
        resolve(
          code >= 200 && code < 400 ? ok(String(code)) : fail(`HTTP probe failed with statuscode: ${code}`),
        ),
      )
      response.on('close', () => resolve(fail('the answer ended too early')))
    })
    request.on('error', (error) => {
      const url = `${(action.scheme ?? 'HTTP').toLowerCase()}://${String(options.host)}:${port}${options.path ?? '/'}`
      const reason = signal.aborted
        ? 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
        : `dial tcp ${String(options.host)}:${port}: connect: ${words(error)}`
      resolve(fail(`Get ${JSON.stringify(url)}: ${reason}`))
    })
    request.end()
  })

const words = (error: Error): string => {
  const known: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'connection refused',
    EHOSTUNREACH: 'no route to host',
    ECONNRESET: 'connection reset by peer',
  }
  const code = 'code' in error ? String(error.code) : ''
  return known[code] ?? messageOf(error)
}

const runTcp = (
  action: NonNullable<ActionHandler['tcpSocket']>,
  target: ActionTarget,
  signal: AbortSignal,
): Promise<ActionResult> =>
  new Promise((resolve) => {
    const port = portNumber(action.port, target.container)
    if (port === undefined)
      return resolve(fail(`no port named ${JSON.stringify(action.port)} in the container`))
    const host = action.host ?? target.podIp
    const socket = connect({ host, port })
    const finish = (result: ActionResult): void => {
      signal.removeEventListener('abort', onAbort)
      socket.destroy()
      resolve(result)
    }
    const onAbort = (): void => finish(fail(`dial tcp ${host}:${port}: i/o timeout`))
    signal.addEventListener('abort', onAbort, { once: true })
    socket.on('connect', () => finish(ok('')))
    socket.on('error', (error) => finish(fail(`dial tcp ${host}:${port}: connect: ${words(error)}`)))
  })

const longestOutput = 10 * 1024

const runExec = (
  command: readonly string[],
  target: ActionTarget,
  signal: AbortSignal,
): Promise<ActionResult> =>
  new Promise((resolve) => {
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
      resolve(fail(`command timed out: ${JSON.stringify(command.join(' '))}`))
    }
    signal.addEventListener('abort', onAbort, { once: true })
    child.on('error', (error) => resolve(fail(messageOf(error))))
    child.on('close', (code) => {
      signal.removeEventListener('abort', onAbort)
      resolve(code === 0 ? ok(output) : fail(output || `command ended with exit code ${code}`))
    })
  })

/** Runs a probe's or hook's action once; never throws. Aborting `signal` is the timeout. */
export const runAction = async (
  action: ActionHandler,
  target: ActionTarget,
  signal: AbortSignal,
): Promise<ActionResult> => {
  if (action.httpGet !== undefined) return runHttp(action.httpGet, target, signal)
  if (action.tcpSocket !== undefined) return runTcp(action.tcpSocket, target, signal)
  if (action.exec !== undefined) return runExec(action.exec.command ?? [], target, signal)
  return ok('')
}
