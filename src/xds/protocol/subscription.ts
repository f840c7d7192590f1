/** What one client asked for of one type, by the rules of the xDS protocol for wildcards and names. */
import { ENDPOINT_TYPE, ROUTE_TYPE, SECRET_TYPE } from './ads-port.ts'

/** The name that subscribes to every resource of a type. */
export const WILDCARD = '*'

/** An empty first request means everything, except for the types that a client can only ask for by name. */
const namedOnly: ReadonlySet<string> = new Set([ENDPOINT_TYPE, ROUTE_TYPE, SECRET_TYPE])

/** What a request changed. `all` is set when the subscription became a wildcard, `none` when it stopped to be one. */
export interface SubscriptionChange {
  readonly wildcard: 'unchanged' | 'all' | 'none'
  readonly added: readonly string[]
  readonly removed: readonly string[]
}

/**
 * The subscription of one client to one type.
 * Source: https://www.envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol#how-the-client-specifies-what-resources-to-return
 */
export class Subscription {
  readonly names: Set<string> = new Set<string>()
  #wildcard: 'none' | 'legacy' | 'explicit' = 'none'
  #requested = false
  readonly #typeUrl: string

  constructor(typeUrl: string) {
    this.#typeUrl = typeUrl
  }

  /** True once the client has sent any request for the type. */
  get requested(): boolean {
    return this.#requested
  }

  get wildcard(): boolean {
    return this.#wildcard !== 'none'
  }

  covers(name: string): boolean {
    return this.wildcard || this.names.has(name)
  }

  /** An incremental request; `added` holds names subscribed again too, because the client may have dropped them. */
  changeBy(subscribe: readonly string[], unsubscribe: readonly string[]): SubscriptionChange {
    const before = this.wildcard
    const first = !this.#requested
    this.#requested = true
    if (first && subscribe.length === 0 && !namedOnly.has(this.#typeUrl)) this.#wildcard = 'legacy'
    if (subscribe.includes(WILDCARD)) this.#wildcard = 'explicit'
    if (unsubscribe.includes(WILDCARD)) this.#wildcard = 'none'
    const added = subscribe.filter((name) => name !== WILDCARD)
    const removed = unsubscribe.filter((name) => name !== WILDCARD && this.names.has(name))
    for (const name of removed) this.names.delete(name)
    for (const name of added) this.names.add(name)
    return { wildcard: turn(before, this.wildcard), added, removed }
  }

  /** A state-of-the-world request lists all names of the subscription; `added` holds the new ones alone. */
  replaceBy(names: readonly string[]): SubscriptionChange {
    const before = this.wildcard
    const first = !this.#requested
    this.#requested = true
    const listed = new Set(names.filter((name) => name !== WILDCARD))
    if (names.includes(WILDCARD)) this.#wildcard = 'explicit'
    else if (names.length > 0 || this.#wildcard === 'explicit') this.#wildcard = 'none'
    else if (first && !namedOnly.has(this.#typeUrl)) this.#wildcard = 'legacy'
    const added = [...listed].filter((name) => !this.names.has(name))
    const removed = [...this.names].filter((name) => !listed.has(name))
    for (const name of removed) this.names.delete(name)
    for (const name of added) this.names.add(name)
    return { wildcard: turn(before, this.wildcard), added, removed }
  }
}

const turn = (before: boolean, after: boolean): SubscriptionChange['wildcard'] => {
  if (before === after) return 'unchanged'
  return after ? 'all' : 'none'
}
