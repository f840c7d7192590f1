/** Watches: the lines of a watch response, from a revision on, until the client goes or its time is over. */
import { statusObject } from '../machinery/api-error.ts'
import { CodedError } from '../primitives/coded-error.ts'
import type { JsonObject } from '../primitives/json-value.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import type { ApiContext, ResourceTarget } from './api-context.ts'
import { jsonType, orThrow, queryFlag, refuse, type ApiRequest, type StreamAnswer } from './api-request.ts'
import type { Representation } from './content-negotiation.ts'
import {
  badRequest,
  invalid,
  resourceVersionInFuture,
  tooOldResourceVersion,
} from '../machinery/status-errors.ts'
import { forbidden } from '../resources/field-error.ts'
import { requestedRevision } from './list-options.ts'
import { negotiated, objectText } from './object-answer.ts'
import { selectionOf, type Selection } from './object-selection.ts'
import { protobufMediaType } from './protobuf/decode-object.ts'
import { protobufFrames } from './protobuf/encode-object.ts'
import { inVersion, keyPrefix, servedText } from './stored-object.ts'
import type { ServedEvent, WatchSubscription } from './watch-hub.ts'

interface WatchPlan {
  readonly context: ApiContext
  readonly target: ResourceTarget
  readonly selection: Selection
  readonly representation: Representation
  readonly bookmarks: boolean
  /** Existing objects come first as ADDED. */
  readonly initialEvents: boolean
  /** A bookmark with the annotation k8s.io/initial-events-end follows them. */
  readonly initialBookmark: boolean
  readonly fromRevision: number | undefined
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

const bookmarkIntervalMs = 60_000
const defaultTimeoutMs = 1_800_000

type EventType = 'ADDED' | 'MODIFIED' | 'DELETED'

const eventLine = (type: string, objectJson: string): string => `{"type":"${type}","object":${objectJson}}\n`

const representationKey = (representation: Representation): string =>
  representation.as === 'Table' ? `Table/${representation.includeObject}` : representation.as

const bookmarkLine = (plan: WatchPlan, revision: number, initialEnd: boolean): string => {
  const { kind, apiVersion } = plan.target
  const metadata: JsonObject = {
    resourceVersion: String(revision),
    creationTimestamp: null,
    ...(initialEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}),
  }
  const { as } = plan.representation
  if (as === 'PartialObjectMetadata') {
    return eventLine('BOOKMARK', JSON.stringify({ kind: as, apiVersion: 'meta.k8s.io/v1', metadata }))
  }
  const object: JsonObject = { kind: kind.kind, apiVersion, metadata }
  if (as === 'Object') return eventLine('BOOKMARK', JSON.stringify(object))
  const table = {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { resourceVersion: String(revision) },
  }
  const rows = [{ cells: kind.columns.map(() => ''), object }]
  return eventLine('BOOKMARK', JSON.stringify({ ...table, columnDefinitions: [], rows }))
}

/** How an event looks to this watch: an object that begins to match the selection is ADDED to it. */
const eventType = (plan: WatchPlan, served: ServedEvent): EventType | undefined => {
  const { kind } = plan.target
  const { event } = served
  const wasThere = event.previous !== undefined
  const everything = plan.selection.everything
  const matched = (object: KubeObject | undefined): boolean =>
    object !== undefined && plan.selection.matches(object)
  if (event.type === 'delete') return everything || matched(served.object(kind)) ? 'DELETED' : undefined
  const before = wasThere && (everything || matched(served.previous(kind)))
  const after = everything || matched(served.object(kind))
  if (after) return before ? 'MODIFIED' : 'ADDED'
  return before ? 'DELETED' : undefined
}

const servedLine = (plan: WatchPlan, served: ServedEvent, type: EventType): string => {
  const { representation, context, target } = plan
  const { kind, apiVersion } = target
  const { event } = served
  const key = `${apiVersion}|${representationKey(representation)}|${type}`
  return served.encoded(key, () => {
    if (representation.as === 'Object') {
      const value = event.type === 'put' ? event.value : event.previous
      return eventLine(type, servedText(kind, apiVersion, { value, revision: event.revision }))
    }
    const object = inVersion(served.object(kind), apiVersion)
    return eventLine(type, objectText(kind, object, representation, context.clock.now()))
  })
}

const initialLines = function* (plan: WatchPlan, revisionOut: (revision: number) => void): Generator<string> {
  const { context, target, selection, representation } = plan
  const { kind, apiVersion } = target
  const page = context.store.range(keyPrefix(kind, target.namespace))
  revisionOut(page.revision)
  for (const stored of page.items) {
    if (!selection.matchesStored(stored)) continue
    const text = servedText(kind, apiVersion, stored)
    const json =
      representation.as === 'Object'
        ? text
        : objectText(kind, JSON.parse(text), representation, context.clock.now())
    yield eventLine('ADDED', json)
  }
}

const liveLines = async function* (
  plan: WatchPlan,
  subscription: WatchSubscription,
  timers: { readonly bookmarkDue: () => boolean; readonly over: () => boolean },
): AsyncGenerator<string> {
  while (!subscription.closed() && !plan.signal.aborted) {
    const events = subscription.drain()
    let lines = ''
    for (const served of events) {
      const type = eventType(plan, served)
      if (type !== undefined) lines += servedLine(plan, served, type)
    }
    if (lines !== '') yield lines
    if (events.length > 0) continue
    if (plan.bookmarks && (timers.over() || timers.bookmarkDue())) {
      yield bookmarkLine(plan, subscription.progress(), false)
    }
    if (timers.over()) return
    await subscription.wait()
  }
}

/** Wakes the subscription every minute for a bookmark, and once when the watch's time is over. */
const startTimers = (
  plan: WatchPlan,
  subscription: WatchSubscription,
  signal: AbortSignal,
): { readonly bookmarkDue: () => boolean; readonly over: () => boolean } => {
  const { clock } = plan.context
  let due = false
  let over = false
  const tick = async (): Promise<void> => {
    for (;;) {
      await clock.sleep(bookmarkIntervalMs, signal)
      due = true
      subscription.wake()
    }
  }
  const end = async (): Promise<void> => {
    await clock.sleep(plan.timeoutMs, signal)
    over = true
    subscription.wake()
  }
  // Both sleeps end with the watch; their rejection then is the expected end, not a failure.
  void (plan.bookmarks ? tick() : Promise.resolve()).catch(() => {})
  void end().catch(() => {})
  return {
    over: () => over,
    bookmarkDue: () => {
      const was = due
      due = false
      return was
    },
  }
}

const expiredLine = (plan: WatchPlan, from: number): string => {
  const oldest = plan.context.store.compactedRevision()
  return eventLine('ERROR', JSON.stringify(statusObject(tooOldResourceVersion(from, oldest).status)))
}

const watchLines = async function* (plan: WatchPlan): AsyncGenerator<string> {
  const { context, target, signal } = plan
  let revision = plan.fromRevision ?? context.store.revision()
  if (plan.initialEvents) {
    yield* initialLines(plan, (read) => {
      revision = read
    })
    if (plan.initialBookmark) yield bookmarkLine(plan, revision, true)
  }
  const stop = new AbortController()
  let subscription: WatchSubscription | undefined
  const onAbort = (): void => {
    stop.abort()
    subscription?.wake()
  }
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    subscription = await context.hub.subscribe(keyPrefix(target.kind, target.namespace), revision, signal)
    yield* liveLines(plan, subscription, startTimers(plan, subscription, stop.signal))
  } catch (error) {
    if (!(error instanceof CodedError && error.code === 'store-revision-compacted')) throw error
    yield expiredLine(plan, revision)
  } finally {
    signal.removeEventListener('abort', onAbort)
    stop.abort()
    subscription?.end()
  }
}

const timeoutOf = (query: URLSearchParams): number => {
  const text = query.get('timeoutSeconds') ?? ''
  if (text === '' || text === '0') return defaultTimeoutMs
  return /^\d{1,9}$/.test(text)
    ? Number(text) * 1000
    : refuse(
        badRequest(`timeoutSeconds: Invalid value: ${JSON.stringify(text)}: must be a number of seconds`),
      )
}

/** Throws 422 for parameters that contradict each other (apimachinery ValidateListOptions). */
const checkInitialEvents = (query: URLSearchParams): void => {
  const match = query.get('resourceVersionMatch') ?? ''
  const asks = query.has('sendInitialEvents')
  if (asks ? match === 'NotOlderThan' : match === '') return
  const why = asks
    ? 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'
    : 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'
  const error = forbidden('resourceVersionMatch', why)
  refuse(invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', [error]))
}

/**
 * Answers a watch. From a resourceVersion: what came after it. Without one, or from 0: first what is there, as ADDED.
 * With sendInitialEvents: what is there, then a bookmark with the annotation k8s.io/initial-events-end.
 */
export const watchObjects = (
  context: ApiContext,
  target: ResourceTarget,
  request: ApiRequest,
): StreamAnswer => {
  const { query } = request
  const { representation, encoding } = negotiated(request)
  const selection = orThrow(selectionOf(target.kind, target.name, query))
  const asked = requestedRevision(query)
  const current = context.store.revision()
  if (asked !== undefined && asked > current) refuse(resourceVersionInFuture(asked, current))
  const sends = query.get('sendInitialEvents')
  const bookmarks = queryFlag(query, 'allowWatchBookmarks')
  checkInitialEvents(query)
  const sendsInitial = queryFlag(query, 'sendInitialEvents')
  const plan: WatchPlan = {
    context,
    target,
    selection,
    representation,
    bookmarks,
    initialEvents: sends === null ? asked === undefined : sendsInitial,
    initialBookmark: sendsInitial && bookmarks,
    fromRevision: asked,
    timeoutMs: timeoutOf(query),
    signal: request.signal,
  }
  if (encoding !== 'protobuf') return { kind: 'stream', contentType: jsonType, chunks: watchLines(plan) }
  const contentType = `${protobufMediaType};stream=watch`
  return { kind: 'stream', contentType, chunks: protobufFrames(watchLines(plan)) }
}
