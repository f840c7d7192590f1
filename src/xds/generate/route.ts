/** One rule of a route table to Envoy's routes: one per condition that may hold on the port. */
import type { RequestMatch, RouteAction, RouteRule, RouteTable } from '../../mesh/model/route-table.ts'
import {
  RedirectAction_RedirectResponseCode as RedirectCode,
  type RedirectActionSchema,
  type RouteSchema,
} from '../proto/generated/envoy/config/route/v3/route_components_pb.js'
import { istioMetadata, type Plain } from './encoded-resource.ts'
import { configPath, hostWithPort } from './names.ts'
import { authorityOf, headerFields, joinHeaderFields, NO_HEADERS, perFilterConfig } from './route-filters.ts'
import { clusterOf, forwardRoute } from './route-forward.ts'
import { isCatchAll, routeMatch } from './route-match.ts'

export type RouteInit = Plain<typeof RouteSchema>
type RedirectInit = Plain<typeof RedirectActionSchema>

export interface TableRoute {
  readonly route: RouteInit
  /** Matches everything: nothing after it can be reached. */
  readonly catchAll: boolean
}

/** The routes of a table for calls to `port`, up to the first that matches everything. Empty: no rule is for this port. */
export const routesOfTable = (table: RouteTable, port: number): readonly TableRoute[] => {
  const routes: TableRoute[] = []
  for (const rule of table.rules) {
    const matches = rule.matches.length === 0 ? [undefined] : rule.matches
    for (const match of matches) {
      if (match?.port !== undefined && match.port !== port) continue
      const catchAll = isCatchAll(match)
      routes.push({ route: routeOf(table, rule, match, port), catchAll })
      if (catchAll) return routes
    }
  }
  return routes
}

const routeOf = (
  table: RouteTable,
  rule: RouteRule,
  match: RequestMatch | undefined,
  port: number,
): RouteInit => {
  const base: RouteInit = {
    name: [rule.name ?? '', ...(match?.name === undefined ? [] : [match.name])].join('.'),
    match: routeMatch(match),
    metadata: istioMetadata({ config: configPath(table.origin) }),
    decorator: { operation: operationOf(table, rule, match, port) },
    ...(match?.statPrefix === undefined ? {} : { statPrefix: match.statPrefix }),
    ...perFilterConfig(rule),
  }
  const own = headerFields(rule.headers)
  const { action } = rule
  switch (action.kind) {
    case 'forward': {
      const forward = forwardRoute(action, port, authorityOf(rule.headers))
      return {
        ...base,
        ...(forward.headers === NO_HEADERS ? own : joinHeaderFields(own, forward.headers)),
        action: { case: 'route', value: forward.action },
      }
    }
    case 'redirect':
      return { ...base, ...own, action: { case: 'redirect', value: redirectOf(action, port) } }
    case 'respond':
      return { ...base, ...own, action: { case: 'directResponse', value: responseOf(action) } }
  }
}

const REDIRECT_CODES = {
  301: RedirectCode.MOVED_PERMANENTLY,
  302: RedirectCode.FOUND,
  303: RedirectCode.SEE_OTHER,
  307: RedirectCode.TEMPORARY_REDIRECT,
  308: RedirectCode.PERMANENT_REDIRECT,
} as const

const redirectOf = (redirect: Extract<RouteAction, { kind: 'redirect' }>, port: number): RedirectInit => {
  const named =
    redirect.port?.kind === 'number' ? redirect.port.number : redirect.port?.kind === 'request' ? port : 0
  const scheme = redirect.scheme ?? 'http'
  // The default port of the scheme is not written out.
  const portRedirect =
    (named === 80 && scheme === 'http') || (named === 443 && scheme === 'https') ? 0 : named
  return {
    hostRedirect: redirect.authority ?? '',
    portRedirect,
    responseCode: REDIRECT_CODES[redirect.status],
    ...(redirect.path === undefined
      ? {}
      : { pathRewriteSpecifier: { case: 'pathRedirect' as const, value: redirect.path } }),
    ...(redirect.scheme === undefined
      ? {}
      : { schemeRewriteSpecifier: { case: 'schemeRedirect' as const, value: redirect.scheme } }),
  }
}

const responseOf = (
  respond: Extract<RouteAction, { kind: 'respond' }>,
): Extract<NonNullable<RouteInit['action']>, { case: 'directResponse' }>['value'] => ({
  status: respond.status,
  ...(respond.body !== undefined
    ? { body: { specifier: { case: 'inlineString' as const, value: respond.body } } }
    : respond.bodyBase64 !== undefined
      ? { body: { specifier: { case: 'inlineBytes' as const, value: base64(respond.bodyBase64) } } }
      : {}),
})

const base64 = (text: string): Uint8Array =>
  Uint8Array.from(atob(text), (character) => character.charCodeAt(0))

/** Istio's name of the operation in traces: the single destination, else the table, with the path. */
const operationOf = (
  table: RouteTable,
  rule: RouteRule,
  match: RequestMatch | undefined,
  port: number,
): string => {
  const path =
    match?.path === undefined || match.path.kind === 'present'
      ? '/*'
      : match.path.kind === 'prefix'
        ? `${match.path.value}*`
        : match.path.value
  const [only, ...others] = rule.action.kind === 'forward' ? rule.action.destinations : []
  if (only === undefined || others.length > 0) return `${table.name}:${port}${path}`
  const [, called = '', , host = ''] = clusterOf(only.destination, port).split('|')
  return `${hostWithPort(host, Number(called))}${path}`
}
