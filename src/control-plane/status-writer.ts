/** Writes conditions to objects: only what changed, what follows quickly in one write, failures tried again. */
import { isApiError } from '../machinery/api-error.ts'
import type { ClusterPort, ResourceRef } from '../machinery/ports.ts'
import type { Clock } from '../primitives/clock.ts'
import { messageOf } from '../primitives/coded-error.ts'
import { listAt, sectionOf } from '../mesh/translate/json-reader.ts'
import { isJsonObject, jsonEqual, type JsonObject, type JsonValue } from '../primitives/json-value.ts'
import type { KubeObject } from '../resources/kube-object.ts'
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
  readonly log: (message: string, fields?: Record<string, unknown>) => void
  /** What to write for an object now; undefined: nothing (it is gone). */
  readonly standing: (objectKey: string) => StatusTarget | undefined
}

export interface StatusWriter {
  /** The object's standing may have changed. */
  readonly touch: (objectKey: string) => void
  /** Writes until the signal; never rejects. */
  readonly run: (signal: AbortSignal) => Promise<void>
}

/** An acknowledgement usually follows within milliseconds: `Pending` is worth a write only after this. */
const PENDING_AFTER_MILLISECONDS = 500
const RETRY_AFTER_MILLISECONDS = 250
const CONCURRENT_WRITES = 16

export const createStatusWriter = (options: StatusWriterOptions): StatusWriter => {
  const dirty = new Set<string>()
  const pendingSince = new Map<string, number>()
  let wake: (() => void) | undefined
  const touch = (key: string): void => {
    dirty.add(key)
    wake?.()
  }

  const isEarly = (key: string, condition: ProgrammedCondition): boolean => {
    if (condition.reason !== 'Pending') {
      pendingSince.delete(key)
      return false
    }
    const since = pendingSince.get(key) ?? options.clock.now()
    pendingSince.set(key, since)
    return options.clock.now() - since < PENDING_AFTER_MILLISECONDS
  }

  /** True: to be looked at again later. */
  const writeOne = async (key: string, signal: AbortSignal): Promise<boolean> => {
    const target = options.standing(key)
    if (target === undefined) {
      pendingSince.delete(key)
      return false
    }
    if (isEarly(key, target.condition)) return true
    const status = nextStatus(target, options.clock.now())
    if (status === undefined) return false
    const { namespace, name } = target.object.metadata
    const at = namespace === undefined ? { name } : { namespace, name }
    try {
      await options.cluster.patch(
        target.resource,
        at,
        { kind: 'merge', body: { status } },
        { subresource: 'status', signal },
      )
      return false
    } catch (thrown) {
      if (signal.aborted || isApiError(thrown, 404)) return false
      options.log('status write failed', { object: key, error: messageOf(thrown) })
      return true
    }
  }

  const run = async (signal: AbortSignal): Promise<void> => {
    const onAbort = (): void => wake?.()
    signal.addEventListener('abort', onAbort)
    let again: readonly string[] = []
    while (!signal.aborted) {
      if (dirty.size === 0 && again.length === 0) await new Promise<void>((resolve) => (wake = resolve))
      else if (dirty.size === 0)
        await Promise.race([rest(options.clock, signal), new Promise<void>((resolve) => (wake = resolve))])
      wake = undefined
      const keys = [...new Set([...again, ...dirty])]
      dirty.clear()
      again = await writeAll(keys, (key) => writeOne(key, signal))
    }
    signal.removeEventListener('abort', onAbort)
  }
  return { touch, run }
}

/** Resolves after the retry time, or when aborted. */
const rest = (clock: Clock, signal: AbortSignal): Promise<void> =>
  clock.sleep(RETRY_AFTER_MILLISECONDS, signal).catch(() => undefined)

/** Writes a few at a time; gives the keys to look at again. */
const writeAll = async (
  keys: readonly string[],
  write: (key: string) => Promise<boolean>,
): Promise<readonly string[]> => {
  const again: string[] = []
  const queue = keys.values()
  const worker = async (): Promise<void> => {
    for (const key of queue) if (await write(key)) again.push(key)
  }
  await Promise.all(Array.from({ length: Math.min(CONCURRENT_WRITES, keys.length) }, worker))
  return again
}

/** The status to write, other conditions kept; undefined when the object says it already. */
const nextStatus = ({ object, condition, inUse = [] }: StatusTarget, now: number): JsonObject | undefined => {
  const conditions = conditionsOf(object)
  const known = conditions.find((entry) => entry['type'] === condition.type)
  const same =
    known !== undefined && Object.entries(condition).every(([field, value]) => known[field] === value)
  const recorded = listAt(sectionOf(object, 'status'), 'inUse')
  const sameInUse = jsonEqual(recorded, inUse)
  if (same && sameInUse) return undefined
  const since = known?.['lastTransitionTime']
  const lastTransitionTime =
    known?.['status'] === condition.status && typeof since === 'string'
      ? since
      : new Date(now).toISOString().replace(/\.\d+Z$/, 'Z')
  return {
    observedGeneration: condition.observedGeneration,
    // In a merge patch null takes the field away.
    ...(sameInUse ? {} : { inUse: inUse.length === 0 ? null : inUse }),
    conditions: [
      ...conditions.filter((entry) => entry['type'] !== condition.type),
      { ...condition, lastTransitionTime },
    ],
  }
}

const conditionsOf = (object: KubeObject): readonly JsonObject[] => {
  const whole: unknown = object
  const status = isJsonObject(whole) ? whole['status'] : undefined
  const conditions: JsonValue | undefined = isJsonObject(status) ? status['conditions'] : undefined
  return Array.isArray(conditions)
    ? conditions.filter((entry): entry is JsonObject => isJsonObject(entry))
    : []
}
