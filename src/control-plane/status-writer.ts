/** Writes conditions to objects: only what changed, what follows quickly in one write, failures tried again. */
import { isApiError } from '../machinery/api-error.ts'
import type { ClusterPort, ResourceRef } from '../machinery/ports.ts'
import type { Clock } from '../primitives/clock.ts'
import type { Log } from '../primitives/log.ts'
import { messageOf } from '../primitives/coded-error.ts'
import { listAt, sectionOf } from '../mesh/translate/json-reader.ts'
import { isJsonObject, jsonEqual, type JsonObject, type JsonValue } from '../primitives/json-value.ts'
import { timestampOf } from '../primitives/timestamp.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import { createPostponedWrites, RETRY_AFTER_MILLISECONDS, type Urgency } from './postponed-writes.ts'
import type { ProgrammedCondition } from './programmed-condition.ts'

export interface StatusTarget {
  readonly resource: ResourceRef
  readonly object: KubeObject
  readonly condition: ProgrammedCondition
  /** What is in force although it is written nowhere any more; see in-use-record.ts. */
  readonly inUse?: readonly JsonObject[]
}

export interface StatusWriterOptions {
  readonly cluster: Pick<ClusterPort, 'patch'>
  readonly clock: Clock
  readonly log: Log
  /** What to write for an object now; undefined: nothing (it is gone). */
  readonly standing: (objectKey: string) => StatusTarget | undefined
}

export interface StatusWriter {
  /** The object's standing may have changed. */
  readonly touch: (objectKey: string) => void
  /** Writes until the signal; never rejects. */
  readonly run: (signal: AbortSignal) => Promise<void>
}

const CONCURRENT_WRITES = 16
/** Looking at one object costs so many milliseconds with many proxies, at most: rounds leave room for others. */
const ROUND_MILLISECONDS_PER_OBJECT = 0.05

export const createStatusWriter = (options: StatusWriterOptions): StatusWriter => {
  const { clock } = options
  const dirty = new Set<string>()
  const postponed = createPostponedWrites(clock)
  let wake: (() => void) | undefined
  const touch = (key: string): void => {
    dirty.add(key)
    wake?.()
  }

  const writeOne = async (key: string, signal: AbortSignal): Promise<void> => {
    const target = options.standing(key)
    const status = target === undefined ? undefined : nextStatus(target, clock.now())
    if (target === undefined || status === undefined) return postponed.forget(key)
    if (postponed.isEarly(key, urgencyOf(target))) return
    const { namespace, name } = target.object.metadata
    const at = namespace === undefined ? { name } : { namespace, name }
    try {
      await options.cluster.patch(
        target.resource,
        at,
        { kind: 'merge', body: { status } },
        { subresource: 'status', signal },
      )
    } catch (thrown) {
      if (signal.aborted || isApiError(thrown, 404)) return
      options.log('status write failed', { object: key, error: messageOf(thrown) })
      postponed.again(key)
    }
  }

  const run = async (signal: AbortSignal): Promise<void> => {
    const onAbort = (): void => wake?.()
    signal.addEventListener('abort', onAbort)
    while (!signal.aborted) {
      if (dirty.size === 0) {
        const woken = new Promise<void>((resolve) => (wake = resolve))
        await (postponed.size() === 0 ? woken : Promise.race([rest(clock, signal), woken]))
        wake = undefined
      }
      const keys = [...new Set([...dirty, ...postponed.due()])]
      dirty.clear()
      await writeAll(keys, (key) => writeOne(key, signal))
      const pause = Math.min(
        RETRY_AFTER_MILLISECONDS,
        Math.floor(keys.length * ROUND_MILLISECONDS_PER_OBJECT),
      )
      if (pause > 0) await clock.sleep(pause, signal).catch(() => undefined)
    }
    signal.removeEventListener('abort', onAbort)
  }
  return { touch, run }
}

const urgencyOf = ({ object, condition, inUse = [] }: StatusTarget): Urgency => {
  const known = conditionOf(object, condition.type)
  const sameGeneration = known?.['observedGeneration'] === condition.observedGeneration
  if (condition.reason === 'Pending') {
    return sameGeneration && known?.['status'] !== 'Unknown' ? 'resuming' : 'pending'
  }
  const onlyCounts = condition.reason === 'Programmed' && sameGeneration && known?.['reason'] === 'Programmed'
  return onlyCounts && sameRecord(object, inUse) ? 'count' : 'now'
}

/** Resolves after the retry time, or when aborted. */
const rest = (clock: Clock, signal: AbortSignal): Promise<void> =>
  clock.sleep(RETRY_AFTER_MILLISECONDS, signal).catch(() => undefined)

/** Writes a few at a time. */
const writeAll = async (keys: readonly string[], write: (key: string) => Promise<void>): Promise<void> => {
  const queue = keys.values()
  const worker = async (): Promise<void> => {
    for (const key of queue) await write(key)
  }
  await Promise.all(Array.from({ length: Math.min(CONCURRENT_WRITES, keys.length) }, worker))
}

/** The status to write, other conditions kept; undefined when the object says it already. */
const nextStatus = ({ object, condition, inUse = [] }: StatusTarget, now: number): JsonObject | undefined => {
  const known = conditionOf(object, condition.type)
  const same =
    known !== undefined && Object.entries(condition).every(([field, value]) => known[field] === value)
  const sameInUse = sameRecord(object, inUse)
  if (same && sameInUse) return undefined
  const since = known?.['lastTransitionTime']
  const lastTransitionTime =
    known?.['status'] === condition.status && typeof since === 'string' ? since : timestampOf(now)
  return {
    observedGeneration: condition.observedGeneration,
    // In a merge patch null takes the field away.
    ...(sameInUse ? {} : { inUse: inUse.length === 0 ? null : inUse }),
    conditions: [
      ...conditionsOf(object).filter((entry) => entry['type'] !== condition.type),
      { ...condition, lastTransitionTime },
    ],
  }
}

const sameRecord = (object: KubeObject, inUse: readonly JsonObject[]): boolean =>
  jsonEqual(listAt(sectionOf(object, 'status'), 'inUse'), inUse)

const conditionOf = (object: KubeObject, type: string): JsonObject | undefined =>
  conditionsOf(object).find((entry) => entry['type'] === type)

const conditionsOf = (object: KubeObject): readonly JsonObject[] => {
  const whole: unknown = object
  const status = isJsonObject(whole) ? whole['status'] : undefined
  const conditions: JsonValue | undefined = isJsonObject(status) ? status['conditions'] : undefined
  return Array.isArray(conditions)
    ? conditions.filter((entry): entry is JsonObject => isJsonObject(entry))
    : []
}
