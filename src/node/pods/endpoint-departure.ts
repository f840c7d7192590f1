/** A pod that ends first leaves the endpoints of its Services, so that no new request comes to a program that stops. */
import type { Pod } from '../../resources/core/pod.ts'
import type { EndpointSlice } from '../../resources/discovery/endpoint-slice.ts'
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

const longestWait = 2000
/** What the rules of Services and the proxies need to follow an EndpointSlice. */
const propagation = 250

/**
 * Resolves when every Service has heard that the pod goes, at once when none has it; after two seconds at the latest:
 * the endpoints' controller may be away.
 */
export const awaitDeparture = async (
  { cluster, clock }: Pick<NodeContext, 'cluster' | 'clock'>,
  { metadata: { namespace = 'default', uid = '' } }: Pod,
  signal: AbortSignal,
): Promise<void> => {
  const end = clock.now() + longestWait
  const sleep = (time: number): Promise<void> => clock.sleep(time, signal).catch(() => undefined)
  for (let pause = 10; !signal.aborted && clock.now() < end; pause = Math.min(pause * 2, 200)) {
    const presence = await cluster.list<EndpointSlice>(resources.endpointSlices, { namespace }).then(
      ({ items }) => presenceIn(items, uid),
      (): Presence => 'serving',
    )
    if (presence === 'absent') return
    if (presence === 'leaving') return sleep(propagation)
    await sleep(pause)
  }
}
