/** How an Envoy ends without harm to those who use it: it asks its clients to go, and waits for requests in flight. */
import type { Clock } from '../primitives/clock.ts'

/** Envoy's admin interface; rejects when it does not answer. */
export type AskAdmin = (method: 'GET' | 'POST', path: string, signal: AbortSignal) => Promise<string>

export interface DrainOptions {
  readonly ask: AskAdmin
  readonly clock: Clock
  /** Milliseconds after which connections without a request in flight are waited for no longer. */
  readonly idleTime: number
}

export interface OpenWork {
  readonly connections: number
  readonly requests: number
}

const pollInterval = 50
/** Of probes, metrics and the administrator: nobody's traffic. */
const ownListener =
  /^(listener\.(admin|[\w.]+_(15020|15021|15090))|http\.(admin|prometheus|readiness|status))\./

/** The open connections and requests of the text that `/stats` gives (`name: value` lines). */
export const openWork = (stats: string): OpenWork => {
  let [connections, requests] = [0, 0]
  for (const line of stats.split('\n')) {
    const [, name = '', value = '0'] = /^(\S+): (\d+)$/.exec(line) ?? []
    if (ownListener.test(name) || name.includes('.worker_')) continue
    if (name.startsWith('listener.') && name.endsWith('.downstream_cx_active')) connections += Number(value)
    if (name.startsWith('http.') && name.endsWith('.downstream_rq_active')) requests += Number(value)
  }
  return { connections, requests }
}

/**
 * Resolves when the proxy may be ended: no connection is open, or none has a request in flight and the idle time is
 * over, or `signal` aborts, or it does not answer any more. From the first moment every answer tells its client to
 * open a new connection elsewhere (`connection: close`, GOAWAY).
 * Source: https://www.envoyproxy.io/docs/envoy/latest/operations/admin#post--drain_listeners
 */
export const drainProxy = async (options: DrainOptions, signal: AbortSignal): Promise<void> => {
  const { ask, clock, idleTime } = options
  const started = clock.now()
  try {
    await ask('POST', '/drain_listeners?graceful&skip_exit', signal)
    while (!signal.aborted) {
      const open = openWork(await ask('GET', '/stats?filter=downstream_(cx|rq)_active$', signal))
      if (open.connections === 0) return
      if (open.requests === 0 && clock.now() - started >= idleTime) return
      await clock.sleep(pollInterval, signal)
    }
  } catch {
    // It is gone, or the time is over: nothing is left to wait for.
  }
}
