/** Tokens in projected volumes: asked for once, kept, and renewed before they end (kubelet's token manager). */
import type { Clock } from '../../primitives/clock.ts'
import { messageOf } from '../../primitives/coded-error.ts'
import { fail, ok, type Result } from '../../primitives/result.ts'
import type { Pod } from '../../resources/core/pod.ts'
import type { Volume, VolumeProjection } from '../../resources/core/volume.ts'

/** What a kubelet asks of serviceaccounts/token (authentication.k8s.io/v1 TokenRequest). */
export interface TokenRequest {
  readonly namespace: string
  readonly serviceAccount: string
  /** Empty: for the API server. */
  readonly audiences: readonly string[]
  readonly expirationSeconds: number
  /** The token ends with the pod. */
  readonly pod: { readonly name: string; readonly uid: string }
}

/** Throws when there is no such service account. */
export type IssueToken = (request: TokenRequest) => Promise<string>

export type TokenProjection = NonNullable<VolumeProjection['serviceAccountToken']>

/** Tells apart the tokens of one pod. */
export const tokenName = ({ audience = '', expirationSeconds = 3600 }: TokenProjection): string =>
  `${expirationSeconds} ${audience}`

/** The tokens that a pod's volumes ask for. */
export const tokenProjections = (volumes: readonly Volume[]): readonly TokenProjection[] =>
  volumes.flatMap((volume) =>
    (volume.projected?.sources ?? []).flatMap((source) => source.serviceAccountToken ?? []),
  )

interface Held {
  readonly token: string
  /** Milliseconds since the epoch. */
  readonly renewAt: number
}

const longestUse = 24 * 3_600_000

export class ServiceAccountTokenCache {
  readonly #issue: IssueToken
  readonly #clock: Clock
  readonly #held = new Map<string, Map<string, Held>>()

  constructor(issue: IssueToken, clock: Clock) {
    this.#issue = issue
    this.#clock = clock
  }

  /** The pod's tokens by `tokenName`, or why there is none; those past four fifths of their time, or a day old, are new. */
  async tokens(pod: Pod): Promise<ReadonlyMap<string, Result<string, string>>> {
    const { uid = '' } = pod.metadata
    const held = this.#held.get(uid) ?? new Map<string, Held>()
    this.#held.set(uid, held)
    const tokens = new Map<string, Result<string, string>>()
    for (const projection of tokenProjections(pod.spec.volumes ?? [])) {
      const key = tokenName(projection)
      const old = held.get(key)
      try {
        const fresh =
          old !== undefined && old.renewAt > this.#clock.now() ? old : await this.#ask(pod, projection)
        held.set(key, fresh)
        tokens.set(key, ok(fresh.token))
      } catch (error) {
        // An old token is better than none as long as it lives.
        tokens.set(key, old === undefined ? fail(messageOf(error)) : ok(old.token))
      }
    }
    return tokens
  }

  async #ask(pod: Pod, { audience = '', expirationSeconds = 3600 }: TokenProjection): Promise<Held> {
    const { uid = '', name, namespace = 'default' } = pod.metadata
    const renewAt = this.#clock.now() + Math.min(expirationSeconds * 800, longestUse)
    const token = await this.#issue({
      namespace,
      serviceAccount: pod.spec.serviceAccountName ?? 'default',
      audiences: audience === '' ? [] : [audience],
      expirationSeconds,
      pod: { name, uid },
    })
    return { token, renewAt }
  }

  /** Whether one of the pod's tokens is to be renewed. */
  isDue(uid: string): boolean {
    const now = this.#clock.now()
    return [...(this.#held.get(uid)?.values() ?? [])].some(({ renewAt }) => renewAt <= now)
  }

  forget(uid: string): void {
    this.#held.delete(uid)
  }
}
