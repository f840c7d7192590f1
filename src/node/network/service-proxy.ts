/** Keeps the kernel's rules for service addresses as the registry says: the node's kube-proxy. */
import type { Clock } from '../../primitives/clock.ts'
import { messageOf } from '../../primitives/coded-error.ts'
import type { Log } from '../../primitives/log.ts'
import type { ClusterAddresses } from './cluster-network.ts'
import { planNftRules } from './plan-nft-rules.ts'
import { runCommand } from './run-command.ts'
import type { ServiceRegistry } from './service-registry.ts'

export interface ServiceProxyOptions {
  readonly registry: ServiceRegistry
  readonly addresses: ClusterAddresses
  readonly clock: Clock
  readonly log: Log
  /** Loads a rule text in one transaction; `nft -f -` unless a test says otherwise. */
  readonly load?: (rules: string, signal: AbortSignal) => Promise<void>
}

/** Changes that come within this time share one transaction, milliseconds. */
const burst = 10
const retryDelay = 1000
/** Loading a thousand services takes a quarter of a second: after it comes a pause of twice the time, at most this. */
const longestPause = 1000

const loadWithNft = async (rules: string, signal: AbortSignal): Promise<void> => {
  await runCommand('nft', ['-f', '-'], rules, signal)
}

/** Runs until the signal aborts. The rules stay when it ends: connections and services outlive the node's process. */
export const runServiceProxy = async (options: ServiceProxyOptions, signal: AbortSignal): Promise<void> => {
  const { registry, addresses, clock, log, load = loadWithNft } = options
  let wake = (): void => undefined
  let dirty = false
  registry.subscribe(() => {
    dirty = true
    wake()
  })
  signal.addEventListener('abort', () => wake(), { once: true })
  let loaded: string | undefined
  let rested = 0
  while (!signal.aborted) {
    if (!dirty) await new Promise<void>((resolve) => (wake = resolve))
    await clock.sleep(Math.max(burst, rested - clock.now()), signal).catch(() => undefined)
    if (signal.aborted) return
    const began = clock.now()
    dirty = false
    const rules = planNftRules(registry.all(), {
      serviceRange: addresses.serviceRange,
      localAddresses: [addresses.dns],
    })
    if (rules === loaded) continue
    try {
      await load(rules, signal)
      loaded = rules
      rested = clock.now() + Math.min(longestPause, 2 * (clock.now() - began))
    } catch (error) {
      if (signal.aborted) return
      log('service addresses could not be set, trying again', { error: messageOf(error) })
      dirty = true
      await clock.sleep(retryDelay, signal).catch(() => undefined)
    }
  }
}
