/** GET of a collection: pages of objects at one revision. */
import type { JsonObject } from '../primitives/json-value.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import type { RangePage, StoredValue } from '../store/store.ts'
import type { ApiContext, ResourceTarget } from './api-context.ts'
import { orThrow, refuse, type ApiRequest, type BodyAnswer } from './api-request.ts'
import { decodeContinue, encodeContinue } from './continue-token.ts'
import {
  badRequest,
  continueTokenExpired,
  listVersionExpired,
  resourceVersionInFuture,
} from '../machinery/status-errors.ts'
import { exactRevision, limitOf, requestedRevision } from './list-options.ts'
import { atRevision, type CollectionState } from './past-state.ts'
import { listKindOf } from './kind-index.ts'
import { encodedAnswer, negotiated } from './object-answer.ts'
import { selectionOf, type Selection } from './object-selection.ts'
import { decodeStored, keyPrefix, servedText } from './stored-object.ts'
import { partialObject, tableOf } from './table.ts'

interface SelectedPage {
  readonly items: readonly StoredValue[]
  /** What the whole list is reported as: the revision of its first page. */
  readonly revision: number
  readonly next?: string
  /** How many objects follow, where that is known. */
  readonly remaining?: number
}

interface Paging {
  readonly limit: number | undefined
  /** The last key of the page before. */
  readonly after: string | undefined
}

/** Reads pages until `limit` objects are selected or the keys end. */
const selectPage = (
  state: CollectionState,
  selection: Selection,
  { limit, after: start }: Paging,
): SelectedPage => {
  const items: StoredValue[] = []
  let after = start
  let revision: number | undefined
  for (;;) {
    const page: RangePage = state.range({
      ...(after === undefined ? {} : { after }),
      ...(limit === undefined ? {} : { limit: limit - items.length }),
    })
    revision ??= page.revision
    items.push(...page.items.filter((stored) => selection.matchesStored(stored)))
    const { next } = page
    if (next === undefined) return { items, revision }
    if (limit !== undefined && items.length >= limit) {
      // What a selector leaves of the rest is not known without reading it.
      return { items, revision, next, ...(selection.everything ? { remaining: state.count(next) } : {}) }
    }
    after = next
  }
}

const newestState = (context: ApiContext, prefix: string): CollectionState => ({
  range: (options) => context.store.range(prefix, options),
  count: (after) => context.store.count(prefix, after),
})

/** The page that the request asks for, at the revision that it asks for; throws 410 when that is gone. */
const requestedPage = async (
  context: ApiContext,
  target: ResourceTarget,
  query: URLSearchParams,
): Promise<SelectedPage> => {
  const prefix = keyPrefix(target.kind, target.namespace)
  const exact = exactRevision(context, query)
  const continued = query.get('continue') ?? ''
  const token = continued === '' ? undefined : orThrow(decodeContinue(continued))
  if (token !== undefined && requestedRevision(query) !== undefined) {
    refuse(badRequest('specifying resource version is not allowed when using continue'))
  }
  const selection = orThrow(selectionOf(target.kind, target.name, query))
  const after = token === undefined ? undefined : `${prefix}${token.after}`
  const use = (state: CollectionState): SelectedPage =>
    selectPage(state, selection, { limit: limitOf(query), after })
  const revision = token?.revision ?? exact
  if (revision === undefined) return use(newestState(context, prefix))
  if (revision > context.store.revision()) {
    refuse(resourceVersionInFuture(revision, context.store.revision()))
  }
  const page = await atRevision({ store: context.store, prefix, revision }, use)
  if (page !== undefined) return page
  return refuse(
    token === undefined
      ? listVersionExpired()
      : continueTokenExpired(encodeContinue({ revision: undefined, after: token.after })),
  )
}

const listMetadata = (page: SelectedPage, prefix: string): JsonObject => ({
  resourceVersion: String(page.revision),
  ...(page.next === undefined
    ? {}
    : { continue: encodeContinue({ revision: page.revision, after: page.next.slice(prefix.length) }) }),
  ...(page.remaining === undefined ? {} : { remainingItemCount: page.remaining }),
})

/** The objects of a collection that the request selects, decoded in the client's version. */
export const selectedObjects = (
  context: ApiContext,
  target: ResourceTarget,
  query: URLSearchParams,
): readonly KubeObject[] => {
  const selection = orThrow(selectionOf(target.kind, target.name, query))
  const state = newestState(context, keyPrefix(target.kind, target.namespace))
  const page = selectPage(state, selection, { limit: undefined, after: undefined })
  return page.items.map((stored) => decodeStored(target.kind, target.apiVersion, stored))
}

/** Answers a list in the negotiated representation; whole objects go out without being parsed. */
export const listObjects = async (
  context: ApiContext,
  target: ResourceTarget,
  request: ApiRequest,
): Promise<BodyAnswer> => {
  const { query } = request
  const { kind, apiVersion } = target
  const { representation, encoding } = negotiated(request)
  const page = await requestedPage(context, target, query)
  const metadata = listMetadata(page, keyPrefix(kind, target.namespace))
  const decoded = (): readonly KubeObject[] =>
    page.items.map((stored) => decodeStored(kind, apiVersion, stored))
  switch (representation.as) {
    case 'Object': {
      const head = JSON.stringify({ kind: listKindOf(kind), apiVersion, metadata }).slice(0, -1)
      const items = page.items.map((stored) => servedText(kind, apiVersion, stored)).join(',')
      return encodedAnswer(200, `${head},"items":[${items}]}`, encoding)
    }
    case 'PartialObjectMetadata': {
      const items = decoded().map(partialObject)
      const list = { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata, items }
      return encodedAnswer(200, JSON.stringify(list), encoding)
    }
    case 'Table': {
      const { includeObject } = representation
      const table = tableOf(kind, decoded(), { includeObject, now: context.clock.now(), metadata })
      return encodedAnswer(200, JSON.stringify(table), encoding)
    }
  }
}

/** A list of objects that are not stored, in the negotiated representation. */
export const listAnswer = (
  context: ApiContext,
  { kind, apiVersion }: ResourceTarget,
  request: ApiRequest,
  objects: readonly KubeObject[],
): BodyAnswer => {
  const { representation, encoding } = negotiated(request)
  const metadata = { resourceVersion: String(context.store.revision()) }
  const list =
    representation.as === 'Table'
      ? tableOf(kind, objects, { ...representation, now: context.clock.now(), metadata })
      : { kind: listKindOf(kind), apiVersion, metadata, items: objects }
  return encodedAnswer(200, JSON.stringify(list), encoding)
}
