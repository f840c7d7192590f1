/** `metadata.managedFields`: who owns which fields, decoded and encoded. */
import { parseTimestamp, timestampOf } from '../primitives/timestamp.ts'
import type { ManagedFieldsEntry } from '../resources/kube-object.ts'
import { type FieldSet, isEmptySet, recursiveDifference, setOfPaths } from './field-set.ts'
import { decodeFieldsV1, encodeFieldsV1 } from './fields-v1.ts'

/** One owner. Appliers are one whatever apiVersion they use; others are told apart by it. */
export interface Owner {
  readonly manager: string
  readonly operation: 'Apply' | 'Update'
  readonly apiVersion: string
  readonly subresource?: string
  /** RFC 3339: when the owner last took or changed a field. */
  readonly time?: string
  readonly fields: FieldSet
}

export type Owners = ReadonlyMap<string, Owner>

export const ownerKey = ({
  manager,
  operation,
  apiVersion,
  subresource = '',
}: Omit<Owner, 'fields'>): string =>
  JSON.stringify([manager, operation, operation === 'Apply' ? '' : apiVersion, subresource])

/** Clients send times back as their language prints them. */
const inWholeSeconds = (time: string): string => {
  const moment = parseTimestamp(time)
  return moment === undefined ? time : timestampOf(moment)
}

/** Entries of another fieldsType are left out. */
export const decodeManagedFields = (entries: readonly ManagedFieldsEntry[] | undefined): Owners =>
  new Map(
    (entries ?? []).flatMap((entry) => {
      if (entry.fieldsType !== 'FieldsV1') return []
      const { fieldsType: _, fieldsV1, ...rest } = entry
      const owner: Owner = {
        ...rest,
        ...(rest.time === undefined ? {} : { time: inWholeSeconds(rest.time) }),
        fields: decodeFieldsV1(fieldsV1),
      }
      return [[ownerKey(owner), owner] as const]
    }),
  )

/** Owners of nothing are left out; appliers first, then by time and name, as Kubernetes orders them. */
export const encodeManagedFields = (owners: Owners): readonly ManagedFieldsEntry[] =>
  [...owners.values()]
    .filter(({ fields }) => !isEmptySet(fields))
    .toSorted(compareOwners)
    .map(({ manager, operation, apiVersion, time, fields, subresource }) => ({
      manager,
      operation,
      apiVersion,
      ...(time === undefined ? {} : { time }),
      fieldsType: 'FieldsV1',
      fieldsV1: encodeFieldsV1(fields),
      ...(subresource === undefined || subresource === '' ? {} : { subresource }),
    }))

const compareOwners = (left: Owner, right: Owner): number =>
  compareText(left.operation, right.operation) ||
  compareText(left.time ?? '', right.time ?? '') ||
  compareText(left.manager, right.manager) ||
  compareText(left.apiVersion, right.apiVersion) ||
  compareText(left.subresource ?? '', right.subresource ?? '')

const compareText = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0)

/** Nobody owns what names the object and what the server alone writes. */
const unownable = setOfPaths([
  ['f:apiVersion'],
  ['f:kind'],
  ...[
    'name',
    'namespace',
    'uid',
    'resourceVersion',
    'generation',
    'creationTimestamp',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
    'selfLink',
    'managedFields',
  ].map((field) => ['f:metadata', `f:${field}`]),
])

/** The fields that may be owned; `resetFields` are those that the endpoint ignores (status on the main resource). */
export const ownable = (fields: FieldSet, resetFields: FieldSet): FieldSet => {
  const stripped = recursiveDifference(recursiveDifference(fields, unownable), resetFields)
  const metadata = stripped.children.get('f:metadata')
  // `metadata` itself is never owned, only what is in it.
  if (metadata?.member !== true) return { ...stripped, member: false }
  const children = new Map(stripped.children)
  if (metadata.children.size === 0) children.delete('f:metadata')
  else children.set('f:metadata', { ...metadata, member: false })
  return { member: false, children }
}
