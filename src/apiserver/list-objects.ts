/** GET of a collection: pages of objects at one revision. */
import type { JsonObject } from '../primitives/json-value.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import type { RangePage, StoredValue } from '../store/store.ts'
import type { ApiContext, ResourceTarget } from './api-context.ts'
import { orThrow, refuse, type ApiRequest, type BodyAnswer } from './api-request.ts'
import { decodeContinue, encodeContinue, type ContinueToken } from './continue-token.ts'
import {
  badRequest,
  continueTokenExpired,
  resourceVersionInFuture,
  tooOldResourceVersion,
} from '../machinery/status-errors.ts'
import { encodedAnswer, negotiated } from './object-answer.ts'
import { selectionOf, type Selection } from './object-selection.ts'
import { decodeStored, keyPrefix, servedText } from './stored-object.ts'
import { partialObject, tableOf } from './table.ts'

interface SelectedPage {
  readonly items: readonly StoredValue[]
  /** What the whole list is reported as: the revision of its first page. */
  readonly revision: number
  readonly next?: string
}

/** A resourceVersion parameter: undefined when absent or 0 (any); throws 400 for what is no number. */
export const requestedRevision = (query: URLSearchParams): number | undefined => {
  const text = query.get('resourceVersion') ?? ''
  if (text === '' || text === '0') return undefined
  return /^\d{1,15}$/.test(text)
    ? Number(text)
    : refuse(
        badRequest(
          `resourceVersion: Invalid value: ${JSON.stringify(text)}: it is not a number of this server`,
        ),
      )
}

const limitOf = (query: URLSearchParams): number | undefined => {
  const text = query.get('limit') ?? ''
  if (text === '' || text === '0') return undefined
  return /^\d{1,9}$/.test(text)
    ? Number(text)
    : refuse(
        badRequest(`limit: Invalid value: ${JSON.stringify(text)}: must be a number that is not negative`),
      )
}

// The store shows the newest state alone: an exact older one is gone, a future one is not there yet.
const checkRevision = (context: ApiContext, query: URLSearchParams): void => {
  const asked = requestedRevision(query)
  const match = query.get('resourceVersionMatch')
  const current = context.store.revision()
  if (match !== null && match !== 'Exact' && match !== 'NotOlderThan') {
    refuse(
      badRequest(
        `resourceVersionMatch: Unsupported value: ${JSON.stringify(match)}: supported values: "Exact", "NotOlderThan"`,
      ),
    )
  }
  if (asked === undefined) return
  if (asked > current) refuse(resourceVersionInFuture(asked, current))
  if (match === 'Exact' && asked < current) {
    refuse(tooOldResourceVersion(asked, current))
  }
}

/** Reads pages until `limit` objects are selected or the keys end. */
const selectPage = (
  context: ApiContext,
  target: ResourceTarget,
  selection: Selection,
  paging: { readonly limit: number | undefined; readonly token: ContinueToken | undefined },
): SelectedPage => {
  const prefix = keyPrefix(target.kind, target.namespace)
  const { limit, token } = paging
  const items: StoredValue[] = []
  let after = token === undefined ? undefined : `${prefix}${token.after}`
  let revision = token?.revision
  for (;;) {
    const page: RangePage = context.store.range(prefix, {
      ...(after === undefined ? {} : { after }),
      ...(limit === undefined ? {} : { limit: limit - items.length }),
    })
    revision ??= page.revision
    items.push(...page.items.filter((stored) => selection.matchesStored(stored)))
    if (page.next === undefined) return { items, revision }
    if (limit !== undefined && items.length >= limit) return { items, revision, next: page.next }
    after = page.next
  }
}

const listMetadata = (page: SelectedPage, prefix: string): JsonObject => ({
  resourceVersion: String(page.revision),
  ...(page.next === undefined
    ? {}
    : { continue: encodeContinue({ revision: page.revision, after: page.next.slice(prefix.length) }) }),
})

/** The objects of a collection that the request selects, decoded in the client's version. */
export const selectedObjects = (
  context: ApiContext,
  target: ResourceTarget,
  query: URLSearchParams,
): readonly KubeObject[] => {
  const selection = orThrow(selectionOf(target.kind, target.name, query))
  const page = selectPage(context, target, selection, { limit: undefined, token: undefined })
  return page.items.map((stored) => decodeStored(target.kind, target.apiVersion, stored))
}

/** Answers a list in the negotiated representation; whole objects go out without being parsed. */
export const listObjects = (context: ApiContext, target: ResourceTarget, request: ApiRequest): BodyAnswer => {
  const { query } = request
  const { kind, apiVersion } = target
  const { representation, encoding } = negotiated(request)
  const continued = query.get('continue') ?? ''
  const token = continued === '' ? undefined : orThrow(decodeContinue(continued))
  if (token === undefined) checkRevision(context, query)
  else if (token.revision < context.store.compactedRevision()) {
    refuse(continueTokenExpired())
  }
  const selection = orThrow(selectionOf(kind, target.name, query))
  const page = selectPage(context, target, selection, { limit: limitOf(query), token })
  const metadata = listMetadata(page, keyPrefix(kind, target.namespace))
  const decoded = (): readonly KubeObject[] =>
    page.items.map((stored) => decodeStored(kind, apiVersion, stored))
  switch (representation.as) {
    case 'Object': {
      const head = JSON.stringify({ kind: `${kind.kind}List`, apiVersion, metadata }).slice(0, -1)
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
