/** A pod that ends first leaves the endpoints of its Services, so that no new request comes to a program that stops. */
import type { Pod } from '../../resources/core/pod.ts'
import type { EndpointSlice } from '../../resources/discovery/endpoint-slice.ts'
import { DEPARTED_ANNOTATION } from '../../resources/core/pod-departure.ts'
import { resources, type NodeContext } from '../node-context.ts'

type Presence = 'absent' | 'serving' | 'leaving'

/** Where a pod stands in the slices of its namespace. */
export const presenceIn = (slices: readonly EndpointSlice[], uid: string): Presence => {
  const endpoints = slices
    .flatMap((slice) => slice.endpoints)
    .filter(({ targetRef }) => targetRef?.kind === 'Pod' && targetRef.uid === uid)
  if (endpoints.length === 0) return 'absent'
  const isLeaving = endpoints.every(
    ({ conditions }) => conditions?.terminating === true || conditions?.ready === false,
  )
  return isLeaving ? 'leaving' : 'serving'
}

const longestWait = 5000
/** What the rules of Services, and the workers of a proxy that has acknowledged, need to follow. */
const propagation = 100

/**
 * Resolves when every Service has heard that the pod goes and no proxy sends to it any more, as the control plane says
 * by an annotation; at once when no Service has it; after five seconds at the latest: the endpoints' controller or the
 * control plane may be away. `current` gives the pod as it was last seen.
 */
export const awaitDeparture = async (
  { cluster, clock }: Pick<NodeContext, 'cluster' | 'clock'>,
  current: () => Pod,
  signal: AbortSignal,
): Promise<void> => {
  const { namespace = 'default', uid = '' } = current().metadata
  const end = clock.now() + longestWait
  const sleep = (time: number): Promise<void> => clock.sleep(time, signal).catch(() => undefined)
  const hasDeparted = (): boolean => current().metadata.annotations?.[DEPARTED_ANNOTATION] !== undefined
  const isWaiting = (): boolean => !signal.aborted && clock.now() < end
  let presence: Presence = 'serving'
  for (let pause = 10; presence === 'serving' && isWaiting(); pause = Math.min(pause * 2, 200)) {
    presence = await cluster.list<EndpointSlice>(resources.endpointSlices, { namespace }).then(
      ({ items }) => presenceIn(items, uid),
      (): Presence => 'serving',
    )
    if (presence === 'serving') await sleep(pause)
  }
  if (presence === 'absent') return
  while (!hasDeparted() && isWaiting()) await sleep(10)
  await sleep(propagation)
}
