/** Ports of the host's loopback addresses, where an ordinary user may not open the low ones. */

/** What stands for a port that may not be opened: 80 becomes 8080. */
const firstStep = 8000
const nextStep = 10_000

/**
 * The port of the host that stands for a port of a Service at the Service's address: the same where it may be opened,
 * else 8000 more, or ten thousands more until nothing else is there. `lowest`: the lowest port that this user may open.
 * `others`: the ports that the address has of its own. Deterministic, so that whoever asks gets the same answer.
 */
export const hostPortOf = (port: number, lowest: number, others: readonly number[]): number => {
  if (port >= lowest) return port
  for (let candidate = port + firstStep; candidate < 65_536; candidate += nextStep) {
    if (candidate >= lowest && !others.includes(candidate)) return candidate
  }
  return port
}

/** A port of a Service that a user wants on an address of the host, as `weft up --publish` says it. */
export interface PublishedPort {
  /** IPv4; 0.0.0.0 is every address of the host. */
  readonly address: string
  readonly port: number
  readonly servicePort: number
}

/** The address that stands for every address of the host. */
export const everyAddress = '0.0.0.0'
