/** ReferenceGrants: which references across namespaces their target's namespace allows (Gateway API GEP-709). */
import { objectsAt, textAt } from '../mesh/translate/json-reader.ts'
import type { JsonObject } from '../primitives/json-value.ts'
import { kinds } from './kind-keys.ts'
import type { AnalysisObject, ObjectSet } from './object-set.ts'

interface GrantedTarget {
  readonly group: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
}

const groupOf = (subject: AnalysisObject): string => subject.key.slice(0, subject.key.indexOf('/'))

const isFrom = (from: JsonObject, subject: AnalysisObject): boolean =>
  textAt(from, 'group') === groupOf(subject) &&
  textAt(from, 'kind') === subject.kind &&
  textAt(from, 'namespace') === subject.namespace

const isTo = (to: JsonObject, { group, kind, name }: GrantedTarget): boolean =>
  (textAt(to, 'group') ?? '') === group &&
  textAt(to, 'kind') === kind &&
  (textAt(to, 'name') ?? name) === name

/** True within one namespace, and where a grant of the target's namespace allows it. */
export const isGranted = (set: ObjectSet, subject: AnalysisObject, target: GrantedTarget): boolean =>
  target.namespace === subject.namespace ||
  set
    .of(kinds.referenceGrant)
    .some(
      ({ namespace, spec }) =>
        namespace === target.namespace &&
        objectsAt(spec, 'from').some((from) => isFrom(from, subject)) &&
        objectsAt(spec, 'to').some((to) => isTo(to, target)),
    )

/** The `spec` of the grant that is missing, in YAML's flow style. */
export const missingGrant = (subject: AnalysisObject, { group, kind, namespace }: GrantedTarget): string =>
  `create a ReferenceGrant in namespace ${namespace} with from: [{group: ${groupOf(subject)}, kind: ${subject.kind}, namespace: ${subject.namespace}}] and to: [{group: "${group}", kind: ${kind}}]`
