/** The CEL rules of references to parents and backends. */
import { invalid, required } from '../field-error.ts'
import { child, itemsAt } from '../field-path.ts'
import { when } from '../istio/when.ts'
import type { Findings } from '../istio/when.ts'
import type { BackendReference, ParentReference } from './route-parts.ts'

const sameParent = (one: ParentReference, other: ParentReference): boolean =>
  one.group === other.group &&
  one.kind === other.kind &&
  one.name === other.name &&
  (one.namespace ?? '') === (other.namespace ?? '')

const names = ({ sectionName = '', port = 0 }: ParentReference): readonly [boolean, boolean] => [
  sectionName !== '',
  port !== 0,
]

const sameSection = (one: ParentReference, other: ParentReference): boolean =>
  (one.sectionName ?? '') === (other.sectionName ?? '') && (one.port ?? 0) === (other.port ?? 0)

const sameForm = (one: ParentReference, other: ParentReference): boolean =>
  String(names(one)) === String(names(other))

export const validateParentRefs = (parents: readonly ParentReference[] | undefined): Findings =>
  itemsAt('spec.parentRefs', parents).flatMap(({ path, value, index }) => {
    const earlier = (parents ?? []).slice(0, index).filter((other) => sameParent(value, other))
    return [
      ...when(
        earlier.some((other) => !sameForm(value, other)),
        invalid(
          path,
          value.name,
          'sectionName or port must be specified when parentRefs includes 2 or more references to the same parent',
        ),
      ),
      ...when(
        earlier.some((other) => sameForm(value, other) && sameSection(value, other)),
        invalid(
          path,
          value.name,
          'sectionName or port must be unique when parentRefs includes 2 or more references to the same parent',
        ),
      ),
    ]
  })

/** A backend that is a Service has a port. */
export const validateBackend = (
  path: string,
  { group = '', kind = 'Service', port }: BackendReference,
): Findings =>
  when(
    group === '' && kind === 'Service' && (port ?? undefined) === undefined,
    required(child(path, 'port'), 'Must have port for Service reference'),
  )

/** Names of rules are optional and unique. */
export const validateRuleNames = (rules: readonly { readonly name?: string }[]): Findings =>
  itemsAt('spec.rules', rules).flatMap(({ path, value: { name = '' }, index }) =>
    when(
      name !== '' && rules.findIndex((rule) => rule.name === name) < index,
      invalid(child(path, 'name'), name, 'Rule name must be unique within the route'),
    ),
  )
