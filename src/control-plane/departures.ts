/** Tells of pods that end when no proxy sends them requests any more, so that their programs are stopped after that. */
import { isApiError } from '../machinery/api-error.ts'
import type { ClusterPort, ResourceRef } from '../machinery/ports.ts'
import { booleanAt, objectAt, objectsAt, sectionOf, textAt, wholeOf } from '../mesh/translate/json-reader.ts'
import type { Clock } from '../primitives/clock.ts'
import { messageOf } from '../primitives/coded-error.ts'
import type { Log } from '../primitives/log.ts'
import { timestampOf } from '../primitives/timestamp.ts'
import { DEPARTED_ANNOTATION } from '../resources/core/pod-departure.ts'
import type { KubeObject } from '../resources/kube-object.ts'

export interface DepartureOptions {
  readonly cluster: Pick<ClusterPort, 'patch'>
  readonly clock: Clock
  readonly log: Log
  /** The EndpointSlices from which the proxies' present configuration was made. */
  readonly slices: () => Iterable<KubeObject>
  /** True when every proxy has acknowledged the endpoints of its present configuration. */
  readonly isDelivered: () => boolean
}

export interface Departures {
  readonly podChanged: (type: 'added' | 'modified' | 'deleted', pod: KubeObject) => void
  /** Looks again: after a push, an acknowledgement, or when a proxy left. */
  readonly review: () => void
}

const PODS: ResourceRef = { group: '', version: 'v1', plural: 'pods' }

/**
 * A pod that is being deleted and whose endpoints are out of every proxy's configuration gets the annotation
 * `weft.dev/departed`, once. One that is in no EndpointSlice gets none: nobody sends to it.
 */
export const createDepartures = (options: DepartureOptions): Departures => {
  const leaving = new Map<string, KubeObject>()
  return {
    podChanged: (type, pod) => {
      if (type !== 'deleted' && isLeaving(pod)) leaving.set(uidOf(pod), pod)
      else leaving.delete(uidOf(pod))
    },
    review: () => {
      if (leaving.size === 0 || !options.isDelivered()) return
      const standing = standingOf(options.slices(), leaving)
      for (const [uid, pod] of leaving) {
        if (standing.get(uid) !== 'out') continue
        leaving.delete(uid)
        void tell(options, pod)
      }
    },
  }
}

const uidOf = ({ metadata }: KubeObject): string => metadata.uid ?? ''

const isLeaving = (pod: KubeObject): boolean =>
  pod.metadata.deletionTimestamp !== undefined &&
  pod.metadata.annotations?.[DEPARTED_ANNOTATION] === undefined &&
  textAt(sectionOf(pod, 'status'), 'phase') === 'Running'

/** `in`: an EndpointSlice still offers the pod; `out`: none does any more. */
const standingOf = (
  slices: Iterable<KubeObject>,
  pods: ReadonlyMap<string, KubeObject>,
): ReadonlyMap<string, 'in' | 'out'> => {
  const standing = new Map<string, 'in' | 'out'>()
  for (const slice of slices) {
    for (const endpoint of objectsAt(wholeOf(slice), 'endpoints')) {
      const uid = textAt(objectAt(endpoint, 'targetRef'), 'uid') ?? ''
      if (!pods.has(uid)) continue
      const conditions = objectAt(endpoint, 'conditions')
      // A Service that publishes what is not ready offers a pod to its end: nobody can wait for that.
      const isOffered =
        booleanAt(conditions, 'ready') !== false && booleanAt(conditions, 'terminating') !== true
      if (isOffered) standing.set(uid, 'in')
      else if (!standing.has(uid)) standing.set(uid, 'out')
    }
  }
  return standing
}

const tell = async ({ cluster, clock, log }: DepartureOptions, pod: KubeObject): Promise<void> => {
  const { name, namespace = '', uid = '' } = pod.metadata
  const metadata = { uid, annotations: { [DEPARTED_ANNOTATION]: timestampOf(clock.now()) } }
  try {
    await cluster.patch(PODS, { namespace, name }, { kind: 'merge', body: { metadata } })
  } catch (error) {
    // Gone, or another pod of that name: nobody waits any more. The node waits a limited time for whatever else fails.
    if (!isApiError(error, 404) && !isApiError(error, 409))
      log('a departure was not told', { pod: `${namespace}/${name}`, error: messageOf(error) })
  }
}
