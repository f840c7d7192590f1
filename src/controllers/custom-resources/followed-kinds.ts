/** What a controller of all kinds does when a kind comes or goes. */
import type { KubeObject } from '../../resources/kube-object.ts'
import type { Informer } from '../../cluster/informer.ts'
import type { ResourceRef } from '../../machinery/ports.ts'
import type { ControlledKind, ControllerContext } from '../controller-context.ts'

export interface FollowedKinds {
  readonly current: () => readonly ControlledKind[]
}

export interface KindFollower {
  /** False: objects of the kind are not looked at. */
  readonly wants: (kind: ControlledKind) => boolean
  readonly onKind: (kind: ControlledKind, informer: Informer<KubeObject>) => void
  /** False: the kind is known, but its objects are not followed; absent: all are. */
  readonly follows?: (kind: ControlledKind) => boolean
  /** The kind is served no more; `objects` are those that the cache still held. */
  readonly onGone?: (kind: ControlledKind, objects: readonly KubeObject[]) => void
}

const refOf = ({ group, version, plural }: ControlledKind): ResourceRef => ({ group, version, plural })
const keyOf = (kind: ControlledKind): string => JSON.stringify(refOf(kind))

/** Follows the kinds of the configuration and, from now on until `signal`, those of CustomResourceDefinitions. */
export const followKinds = (
  { informers, config }: ControllerContext,
  follower: KindFollower,
  signal: AbortSignal,
): FollowedKinds => {
  const fixed = config.kinds.filter(follower.wants)
  for (const kind of fixed) {
    if (follower.follows?.(kind) !== false) follower.onKind(kind, informers.informer<KubeObject>(refOf(kind)))
  }
  const custom = new Map<string, { readonly kind: ControlledKind; readonly informer: Informer<KubeObject> }>()
  const { customKinds } = config
  const update = (): void => {
    const wanted = new Map(
      (customKinds?.current() ?? [])
        .flatMap(({ kind, isBuiltIn }) => (kind === undefined || isBuiltIn ? [] : [kind]))
        .filter(follower.wants)
        .map((kind) => [keyOf(kind), kind]),
    )
    for (const [key, { kind, informer }] of custom) {
      if (wanted.has(key)) continue
      custom.delete(key)
      follower.onGone?.(kind, informer.cache.list())
      informers.release(refOf(kind))
    }
    for (const [key, kind] of wanted) {
      if (custom.has(key)) continue
      const informer = informers.informer<KubeObject>(refOf(kind))
      custom.set(key, { kind, informer })
      follower.onKind(kind, informer)
    }
  }
  update()
  const end = customKinds?.subscribe(update)
  signal.addEventListener('abort', () => end?.(), { once: true })
  return { current: () => [...fixed, ...[...custom.values()].map(({ kind }) => kind)] }
}
