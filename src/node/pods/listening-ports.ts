/** When a program that says nothing of its readiness may be sent to: as soon as it listens where its container declares. */
import { readFile } from 'node:fs/promises'
import type { Clock } from '../../primitives/clock.ts'
import type { Container } from '../../resources/core/container.ts'

const LISTEN = '0A'

/**
 * The ports that are listened on, from the text of `/proc/PID/net/tcp` or `tcp6`: one line each, local address and port
 * in hexadecimal, state `0A` for LISTEN.
 * Source: https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html
 */
export const listeningPorts = (text: string): ReadonlySet<number> => {
  const ports = new Set<number>()
  for (const line of text.split('\n')) {
    const [, local = '', , state] = line.trim().split(/\s+/)
    const [, port] = /^[\dA-F]+:([\dA-F]{4})$/.exec(local) ?? []
    if (state === LISTEN && port !== undefined) ports.add(Number.parseInt(port, 16))
  }
  return ports
}

/** The ports that are listened on in the network of a process; none once it has ended. */
export const portsListenedOn = async (pid: number): Promise<ReadonlySet<number>> => {
  const texts = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/${pid}/net/${name}`, 'utf8').catch(() => '')),
  )
  return listeningPorts(texts.join('\n'))
}

/** The TCP ports that a container declares. */
export const declaredPorts = ({ ports = [] }: Pick<Container, 'ports'>): readonly number[] =>
  ports.filter(({ protocol = 'TCP' }) => protocol === 'TCP').map(({ containerPort }) => containerPort)

/** Milliseconds after which a port that is declared and never listened on is waited for no longer. */
export const LONGEST_START = 10_000

/**
 * Resolves when each of `ports` is listened on, after ten seconds, or when the signal aborts. Kubernetes calls a
 * container without a readiness probe ready as soon as its process exists, and what is sent to it before it listens is
 * refused; here no request is lost to that.
 */
export const awaitListening = async (
  ports: readonly number[],
  listened: () => Promise<ReadonlySet<number>>,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> => {
  const end = clock.now() + LONGEST_START
  for (let pause = 10; !signal.aborted && clock.now() < end; pause = Math.min(pause * 2, 100)) {
    const open = await listened()
    if (ports.every((port) => open.has(port))) return
    await clock.sleep(pause, signal).catch(() => undefined)
  }
}
