/** One type on one ADS stream: what is subscribed, held, owed, on its way and refused. */
import { VIRTUAL_HOST_TYPE } from './ads-port.ts'
import { HeldResources } from './held-resources.ts'
import { isolateCulprit } from './isolate-culprit.ts'
import type { EncodedResource } from './resource.ts'
import { Subscription, type SubscriptionChange } from './subscription.ts'

/** What a response changes at the client; undefined: the name goes. */
export type Changes = ReadonlyMap<string, EncodedResource | undefined>

export interface Refusal {
  /** The refused version, '' for a refused removal. */
  readonly version: string
  readonly message: string
}

interface Outstanding {
  readonly nonce: string
  readonly changes: Changes
  /** A part of a refused response, or a second try. */
  readonly again: boolean
}

/** Limits of the next response. */
export interface SendLimits {
  /** May this change travel? 'later': it stays pending; 'never': whoever makes it possible owes it then. */
  readonly when: (name: string, resource: EncodedResource | undefined) => 'now' | 'later' | 'never'
  /** Bytes of resources after which a response is full and the rest waits for its acknowledgement. */
  readonly maxBytes: number
  /**
   * How the client learns that a resource is gone: told by name (incremental streams), by its absence from a full
   * response, or never (a state-of-the-world client of a type that is asked for by name).
   */
  readonly removal: 'by-name' | 'by-absence' | 'never'
}

export interface Settled {
  /**
   * Names that are at the client as they are to be, gone ones too, without a word now: a reconnect, a change taken back
   * before it was sent.
   */
  readonly confirmed: Changes
  /** undefined: nothing to send. */
  readonly changes: Changes | undefined
}

const nothing: ReadonlyMap<string, EncodedResource> = new Map()

export class TypeStream {
  readonly typeUrl: string
  readonly subscription: Subscription
  readonly held: HeldResources = new HeldResources()
  readonly refused: Map<string, Refusal> = new Map<string, Refusal>()
  target: ReadonlyMap<string, EncodedResource> = nothing
  /** A wildcard client waits for a first response, be it empty. */
  greetingOwed = false
  sentNonce = ''
  acknowledgedNonce = ''
  /** Names to look at before the next response. */
  readonly #pending = new Set<string>()
  /** Names to answer even when the client seems to hold the right version. */
  readonly #owed = new Set<string>()
  /** Parts of refused responses, each to be sent alone. */
  #parts: (readonly string[])[] = []
  #outstanding: Outstanding | undefined

  constructor(typeUrl: string) {
    this.typeUrl = typeUrl
    this.subscription = new Subscription(typeUrl)
  }

  get outstanding(): boolean {
    return this.#outstanding !== undefined
  }

  /** Nothing is on its way or in parts; `pending` may hold changes that are not allowed yet. */
  get quiet(): boolean {
    return this.#outstanding === undefined && this.#parts.length === 0
  }

  /** The client holds all that it is to hold. */
  get settled(): boolean {
    return this.quiet && this.#pending.size === 0 && this.refused.size === 0
  }

  /** The client has answered all that it is to hold; only removals may wait. */
  get delivered(): boolean {
    return this.quiet && ![...this.#pending].some((name) => this.target.has(name))
  }

  isPending(name: string): boolean {
    return this.#pending.has(name)
  }

  /** True when the client holds the name or a response that carries it is on its way. */
  knows(name: string): boolean {
    return this.held.has(name) || this.#outstanding?.changes.get(name) !== undefined
  }

  /**
   * Sets what the client is to hold. `changed` are the names that differ from the former target; returns those of them
   * that do not concern the client.
   */
  retarget(target: ReadonlyMap<string, EncodedResource>, changed: readonly string[]): readonly string[] {
    this.target = target
    return changed.filter((name) => {
      if (!this.subscription.covers(name) && !this.knows(name)) return true
      this.#pending.add(name)
      return false
    })
  }

  /** The client may lack the name whatever it said: it is sent (again). */
  owe(name: string): void {
    if (!this.subscription.covers(name)) return
    this.#owed.add(name)
    this.#pending.add(name)
    this.refused.delete(name)
  }

  /** `versions` is what the client says it holds from an earlier stream. */
  applySubscription(change: SubscriptionChange, versions: ReadonlyMap<string, string>): void {
    for (const [name, version] of versions) {
      const own = this.#ownName(name)
      this.held.set(own, { version })
      this.#pending.add(own)
    }
    for (const name of change.added) {
      if (!versions.has(name)) this.owe(this.#ownName(name))
    }
    if (change.wildcard === 'all') {
      // An empty answer to VHDS would say that the route table has no hosts.
      this.greetingOwed = versions.size === 0 && this.typeUrl !== VIRTUAL_HOST_TYPE
      for (const name of this.target.keys()) this.#pending.add(name)
    }
    const left = change.wildcard === 'none' ? [...this.held.entries()].map(([name]) => name) : change.removed
    for (const name of left) {
      if (!this.subscription.covers(name)) this.#forget(name)
    }
  }

  /** Our own copy of a name that arrived on the wire, so that not every stream keeps one. */
  #ownName(name: string): string {
    return this.target.get(name)?.name ?? name
  }

  #forget(name: string): void {
    this.held.delete(name)
    this.refused.delete(name)
    this.#pending.delete(name)
    this.#owed.delete(name)
  }

  /** The next response's changes, removals first; takes them out of what is pending. Call only when not outstanding. */
  next(limits: SendLimits): Settled {
    const confirmed = new Map<string, EncodedResource | undefined>()
    for (let part = this.#parts[0]; part !== undefined; part = this.#parts[0]) {
      const changes = this.#collect(part, limits, confirmed)
      if (changes.size > 0) return { confirmed, changes }
      this.#parts.shift()
    }
    const changes = this.#collect([...this.#pending], limits, confirmed)
    this.#shareHeld()
    return { confirmed, changes: changes.size > 0 || this.greetingOwed ? changes : undefined }
  }

  #collect(
    names: readonly string[],
    limits: SendLimits,
    confirmed: Map<string, EncodedResource | undefined>,
  ): Changes {
    const removals = new Map<string, EncodedResource | undefined>()
    const additions = new Map<string, EncodedResource>()
    let bytes = 0
    for (const name of names) {
      const wanted = this.subscription.covers(name) ? this.target.get(name) : undefined
      const step = this.#step(name, wanted, limits.removal)
      if (step === 'confirm') confirmed.set(name, wanted)
      const when = step === 'send' ? limits.when(name, wanted) : 'never'
      if (when === 'never') {
        this.#pending.delete(name)
        continue
      }
      const asked = when === 'later' && this.#owed.has(name)
      const change = asked ? this.#heldInstead(name) : wanted
      bytes += change?.body.length ?? 0
      if ((when === 'later' && !asked) || (bytes > limits.maxBytes && additions.size > 0)) {
        this.#pending.add(name)
      } else if (change === undefined) removals.set(name, undefined)
      else additions.set(name, change)
    }
    for (const [name, resource] of additions) removals.set(name, resource)
    return removals
  }

  /**
   * The client waits for an answer, and what it asks for is to go but may not yet: what it had; undefined when that is
   * not known: it hears then that there is nothing.
   */
  #heldInstead(name: string): EncodedResource | undefined {
    const had = this.held.get(name)
    return had?.body === undefined ? undefined : had
  }

  #step(
    name: string,
    wanted: EncodedResource | undefined,
    removal: SendLimits['removal'],
  ): 'send' | 'skip' | 'confirm' {
    const have = this.held.get(name)
    const owed = this.#owed.has(name)
    const refusal = this.refused.get(name)
    if (refusal !== undefined && refusal.version === (wanted?.version ?? '')) return 'skip'
    if (wanted === undefined) {
      this.refused.delete(name)
      if (removal === 'never') this.held.delete(name)
      const unanswered = owed && removal === 'by-name' && this.subscription.covers(name)
      // A resource that came and went before it could travel: the client does not hold it.
      return unanswered || this.held.has(name) ? 'send' : 'confirm'
    }
    if (owed || have?.version !== wanted.version) return 'send'
    this.refused.delete(name)
    if (have.body === undefined) this.held.set(name, wanted)
    return 'confirm'
  }

  /** The response with these changes is on its way. */
  sent(nonce: string, changes: Changes): void {
    this.#outstanding = { nonce, changes, again: this.#parts.length > 0 }
    if (this.#parts.length > 0) this.#parts.shift()
    for (const [name, resource] of changes) {
      if (resource === this.target.get(name)) this.#pending.delete(name)
      this.#owed.delete(name)
    }
    this.greetingOwed = false
    this.sentNonce = nonce
  }

  /** Takes the response that `nonce` names out of the air; undefined for a nonce that is not outstanding. */
  #land(nonce: string): Outstanding | undefined {
    if (this.#outstanding === undefined || this.#outstanding.nonce !== nonce) return undefined
    const landed = this.#outstanding
    this.#outstanding = undefined
    return landed
  }

  /** The client took the response. Returns what it carried; undefined for a stale nonce. */
  acknowledge(nonce: string): Changes | undefined {
    const landed = this.#land(nonce)
    if (landed === undefined) return undefined
    this.acknowledgedNonce = nonce
    for (const [name, resource] of landed.changes) {
      this.refused.delete(name)
      if (resource === undefined) this.held.delete(name)
      else if (this.subscription.covers(name)) this.held.set(name, resource)
    }
    if (!landed.again && this.refused.size > 0) {
      // What stood in the way of a refused resource may be gone now: one more try.
      this.#parts.push([...this.refused.keys()])
      this.refused.clear()
    }
    this.#shareHeld()
    return landed.changes
  }

  #shareHeld(): void {
    if (this.settled && this.held.size === this.target.size) this.held.settle(this.target)
  }

  /** The client refused the response. Returns those at fault, which are not sent again in this version. */
  refuse(nonce: string, message: string): Changes | undefined {
    const landed = this.#land(nonce)
    if (landed === undefined) return undefined
    const { culprits, retry } = isolateCulprit(message, [...landed.changes.keys()])
    for (const name of culprits) {
      this.refused.set(name, { version: landed.changes.get(name)?.version ?? '', message })
    }
    for (const name of retry.flat()) this.#owed.add(name)
    this.#parts.unshift(...retry)
    return new Map(culprits.map((name) => [name, landed.changes.get(name)]))
  }
}
