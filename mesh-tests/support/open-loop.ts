/** Requests at a given rate over kept connections, whatever the answers take: the load that users put on a mesh. */
import { Agent, get } from 'node:http'

export interface Load {
  readonly sent: () => number
  readonly answered: () => number
  /** What was answered otherwise than expected, with the time since the start and what was being done then. */
  readonly failures: readonly string[]
  /** Says in failures from now on what is being done. */
  readonly during: (what: string) => void
  /** Sends no more and resolves when all are answered. */
  readonly stop: () => Promise<void>
}

const tick = 10

/**
 * `perSecond` requests each second; those that a busy machine is late with are sent as soon as it can. `expected` is
 * what the body of each answer looks like.
 */
export const startLoad = (url: string, perSecond: number, expected: RegExp): Load => {
  const agent = new Agent({ keepAlive: true, maxSockets: 128 })
  const failures: string[] = []
  const started = Date.now()
  let [sent, answered, open] = [0, 0, 0]
  let doing = 'start'
  let settle: (() => void) | undefined
  const end = (failure?: string): void => {
    open -= 1
    if (failure === undefined) answered += 1
    else failures.push(`${Date.now() - started} ms, ${doing}: ${failure}`)
    if (open === 0) settle?.()
  }
  const send = (): void => {
    sent += 1
    open += 1
    const request = get(url, { agent }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text: string) => (body += text))
      response.on('end', () =>
        end(
          response.statusCode === 200 && expected.test(body)
            ? undefined
            : `${response.statusCode} ${body.trim()}`,
        ),
      )
      response.on('error', (error) => end(error.message))
    })
    request.on('error', (error: NodeJS.ErrnoException) => {
      // A kept connection that its server closed while it was idle and this request was on the way to it: HTTP lets
      // any client send again what was not answered by such a connection (RFC 9110, 9.2.2).
      if (request.reusedSocket && error.code === 'ECONNRESET') {
        open -= 1
        sent -= 1
        send()
      } else end(`${error.code ?? ''} ${error.message}`)
    })
  }
  const timer = setInterval(() => {
    const due = Math.floor(((Date.now() - started) * perSecond) / 1000)
    // The load is a load and no flood: what would be open at once is bounded as a real client's connections are.
    while (sent < due && open < 400) send()
  }, tick)
  return {
    sent: () => sent,
    answered: () => answered,
    failures,
    during: (what) => (doing = what),
    stop: async () => {
      clearInterval(timer)
      if (open > 0) await new Promise<void>((resolve) => (settle = resolve))
      agent.destroy()
    },
  }
}
