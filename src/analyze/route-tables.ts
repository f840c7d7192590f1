/** VirtualServices as route tables of the model, with what coverage needs of their rules. */
import type { RequestMatch, RouteTable } from '../mesh/model/route-table.ts'
import { listAt, objectAt, objectsAt } from '../mesh/translate/json-reader.ts'
import { translateVirtualService } from '../mesh/translate/virtual-service.ts'
import { createdAt } from './created-at.ts'
import type { AnalysisObject } from './object-set.ts'
import { everyRequest } from './witness-request.ts'

export interface TableRule {
  /** Such as `rule #0` or `rule "api"`. */
  readonly title: string
  readonly path: string
  /** At least one: a rule without matches takes every request. */
  readonly matches: readonly RequestMatch[]
  /** The rules of another VirtualService decide what it takes. */
  readonly isDelegated: boolean
}

export interface OwnedTable {
  readonly owner: AnalysisObject
  readonly table: RouteTable
  readonly rules: readonly TableRule[]
}

export const routeTableOf = (owner: AnalysisObject): OwnedTable => {
  const { name, namespace, spec, object } = owner
  const metadata = { name, namespace, creationTimestamp: createdAt(owner) }
  const table = translateVirtualService({ ...object, metadata })
  const written = objectsAt(spec, 'http')
  return {
    owner,
    table,
    rules: table.rules.map((rule, index) => {
      const source = written[index]
      return {
        title: `rule ${rule.name === undefined || rule.name === '' ? `#${index}` : JSON.stringify(rule.name)}`,
        path: `spec.http[${index}]`,
        matches: listAt(source, 'match').length === 0 ? [everyRequest(rule)] : rule.matches,
        isDelegated: objectAt(source, 'delegate') !== undefined,
      }
    }),
  }
}
