/** Keeps the kernel's rules for service addresses as the registry says: the node's kube-proxy. */
import type { Clock } from '../../primitives/clock.ts'
import { messageOf } from '../../primitives/coded-error.ts'
import type { Log } from '../../primitives/log.ts'
import type { ClusterAddresses } from './cluster-network.ts'
import { tableChanges, wholeTable } from './nft-service-text.ts'
import { createRulePlanner, type ServiceRules } from './plan-nft-rules.ts'
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
/** Loading a thousand services at once takes a quarter of a second: after it comes a pause of twice the time, at most this. */
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
  const plan = createRulePlanner([addresses.dns])
  // Undefined: what the kernel holds is not known, at the start and after a load that failed.
  let loaded: ServiceRules | undefined
  let rested = 0
  while (!signal.aborted) {
    if (!dirty) await new Promise<void>((resolve) => (wake = resolve))
    await clock.sleep(Math.max(burst, rested - clock.now()), signal).catch(() => undefined)
    if (signal.aborted) return
    const began = clock.now()
    dirty = false
    const rules = plan(registry.all())
    const text =
      loaded === undefined ? wholeTable(rules, addresses.serviceRange) : tableChanges(loaded, rules)
    if (text === '') continue
    try {
      await load(text, signal)
      loaded = rules
      rested = clock.now() + Math.min(longestPause, 2 * (clock.now() - began))
    } catch (error) {
      if (signal.aborted) return
      log('service addresses could not be set, trying again', { error: messageOf(error) })
      dirty = true
      const wasWhole = loaded === undefined
      loaded = undefined
      if (wasWhole) await clock.sleep(retryDelay, signal).catch(() => undefined)
    }
  }
}
