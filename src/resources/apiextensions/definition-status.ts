/** The status of a CustomResourceDefinition: which of its names it has, and whether it is served. */
import { jsonEqual } from '../../primitives/json-value.ts'
import type {
  CustomResourceDefinition,
  DefinitionNames,
  DefinitionStatus,
} from './custom-resource-definition.ts'
import { storageVersion } from './custom-resource-definition.ts'
import { completeNames } from './definition-defaults.ts'

type Condition = NonNullable<DefinitionStatus['conditions']>[number]

/** The names of a group that others have: of resources (plural, singular, short) and of kinds (kind, list kind). */
export interface TakenNames {
  readonly resources: ReadonlySet<string>
  readonly kinds: ReadonlySet<string>
}

export interface StatusContext {
  readonly taken: TakenNames
  /** Weft serves the kind itself, by its own schema. */
  readonly isBuiltIn: boolean
  /** RFC 3339, whole seconds. */
  readonly now: string
}

interface NameCheck {
  readonly accepted: DefinitionNames
  readonly condition: Pick<Condition, 'status' | 'reason' | 'message'>
}

const inUse = (names: readonly string[], by: ReadonlySet<string>): string | undefined => {
  const conflicts = names.filter((name) => by.has(name))
  const texts = conflicts.map((name) => `${JSON.stringify(name)} is already in use`)
  if (texts.length === 0) return undefined
  return texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`
}

const REASONS = {
  plural: 'PluralConflict',
  singular: 'SingularConflict',
  shortNames: 'ShortNamesConflict',
  kind: 'KindConflict',
  listKind: 'ListKindConflict',
} as const

/** Each name is accepted when nobody else has it; the last refusal is told (apiextensions naming controller). */
const checkNames = (definition: CustomResourceDefinition, taken: TakenNames): NameCheck => {
  const wanted = completeNames(definition.spec.names)
  const before: Partial<DefinitionNames> = definition.status?.acceptedNames ?? {}
  const names = Object.keys(REASONS) as (keyof typeof REASONS)[]
  const checked = names.map((name) => {
    const by = name === 'kind' || name === 'listKind' ? taken.kinds : taken.resources
    return { name, conflict: inUse([wanted[name] ?? []].flat(), by) }
  })
  const accepted = checked.flatMap(({ name, conflict }) => {
    const value = conflict === undefined ? wanted[name] : before[name]
    return value === undefined || value.length === 0 ? [] : [[name, value] as const]
  })
  const last = checked.findLast(({ conflict }) => conflict !== undefined)
  return {
    accepted: {
      plural: '',
      kind: '',
      ...Object.fromEntries(accepted),
      ...(wanted.categories === undefined ? {} : { categories: wanted.categories }),
    },
    condition:
      last?.conflict === undefined
        ? { status: 'True', reason: 'NoConflicts', message: 'no conflicts found' }
        : { status: 'False', reason: REASONS[last.name], message: last.conflict },
  }
}

const builtInMessage =
  'this kind is built in: its own schema, columns and validation stay in force, whatever this definition says'

const approval = (definition: CustomResourceDefinition): readonly Omit<Condition, 'lastTransitionTime'>[] => {
  const annotation = definition.metadata.annotations?.['api-approved.kubernetes.io'] ?? ''
  const type = 'KubernetesAPIApprovalPolicyConformant'
  if (!isProtectedGroup(definition.spec.group) || annotation === '') return []
  return annotation.startsWith('unapproved')
    ? [
        {
          type,
          status: 'False',
          reason: 'UnapprovedAnnotation',
          message: `not approved: ${JSON.stringify(annotation)}`,
        },
      ]
    : [{ type, status: 'True', reason: 'ApprovedAnnotation', message: `approved in ${annotation}` }]
}

/** Groups of the Kubernetes community, whose definitions need an approval. */
export const isProtectedGroup = (group: string): boolean => /(?:^|\.)(?:k8s\.io|kubernetes\.io)$/.test(group)

/** Conditions with `next` in the place of those of the same types; an unchanged status keeps its time. */
const withConditions = (
  before: readonly Condition[],
  next: readonly Omit<Condition, 'lastTransitionTime'>[],
  now: string,
): readonly Condition[] => {
  const merged = next.map((condition) => {
    const old = before.find(({ type }) => type === condition.type)
    const lastTransitionTime = old?.status === condition.status ? (old.lastTransitionTime ?? now) : now
    return { lastTransitionTime, ...condition }
  })
  const types = new Set(next.map(({ type }) => type))
  const kept = before.filter(({ type }) => !types.has(type) && type !== 'BuiltIn')
  return [...merged, ...kept]
}

/** The definition with its status as the names of the others and its own versions make it; the same when it is so. */
export const withSettledStatus = <T extends CustomResourceDefinition>(
  definition: T,
  context: StatusContext,
): T => {
  const { status = {} } = definition
  const before = status.conditions ?? []
  const { accepted, condition } = checkNames(definition, context.taken)
  const wasEstablished = before.some(({ type, status: is }) => type === 'Established' && is === 'True')
  const established = wasEstablished || condition.status === 'True'
  const storage = storageVersion(definition)
  const stored = status.storedVersions ?? []
  const next: DefinitionStatus = {
    ...status,
    acceptedNames: accepted,
    conditions: withConditions(
      before,
      [
        { type: 'NamesAccepted', ...condition },
        established
          ? {
              type: 'Established',
              status: 'True',
              reason: 'InitialNamesAccepted',
              message: 'the initial names have been accepted',
            }
          : {
              type: 'Established',
              status: 'False',
              reason: 'NotAccepted',
              message: 'not all names are accepted',
            },
        ...approval(definition),
        ...(context.isBuiltIn
          ? [{ type: 'BuiltIn', status: 'True', reason: 'ServedByWeft', message: builtInMessage } as const]
          : []),
      ],
      context.now,
    ),
    storedVersions: storage === '' || stored.includes(storage) ? stored : [...stored, storage],
  }
  return jsonEqual(next, definition.status) ? definition : { ...definition, status: next }
}

/** Holds a definition that is being deleted until its objects are gone. */
export const cleanupFinalizer = 'customresourcecleanup.apiextensions.k8s.io'

/** The status with how far the deletion of the definition's objects is. */
export const withTerminating = (
  status: DefinitionStatus | undefined,
  condition: Omit<Condition, 'type'>,
): DefinitionStatus => ({
  ...status,
  conditions: [
    ...(status?.conditions ?? []).filter(({ type }) => type !== 'Terminating'),
    { type: 'Terminating', ...condition },
  ],
})

/** The names that accepted definitions have. */
export const takenBy = (names: readonly DefinitionNames[]): TakenNames => ({
  resources: new Set(
    names.flatMap(({ plural, singular, shortNames = [] }) =>
      [plural, singular ?? '', ...shortNames].filter((name) => name !== ''),
    ),
  ),
  kinds: new Set(names.flatMap(({ kind, listKind }) => [kind, listKind ?? ''].filter((name) => name !== ''))),
})
