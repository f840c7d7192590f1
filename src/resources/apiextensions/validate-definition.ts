/** Validation of CustomResourceDefinitions (apiextensions validation.ValidateCustomResourceDefinition). */
import { jsonEqual } from '../../primitives/json-value.ts'
import { compileRules } from '../cel/rule-tree.ts'
import { duplicate, forbidden, invalid, required } from '../field-error.ts'
import { child, item, itemsAt } from '../field-path.ts'
import type { FieldError } from '../kind.ts'
import { dns1035LabelProblem, dnsSubdomainProblem, type SyntaxCheck } from '../meta/name-syntax.ts'
import { validateMetadata } from '../meta/validate-metadata.ts'
import type { Schema } from '../schema.ts'
import type { CustomResourceDefinition, DefinitionVersion } from './custom-resource-definition.ts'
import { storageVersion } from './custom-resource-definition.ts'
import { isProtectedGroup } from './definition-status.ts'
import { parseJsonPath } from './json-path.ts'
import { schemaRuleErrors } from './schema-rules.ts'
import { structuralErrors } from './structural-schema.ts'

type Spec = CustomResourceDefinition['spec']

const syntax = (
  path: string,
  value: string | undefined,
  check: SyntaxCheck,
  prefix = '',
): readonly FieldError[] => {
  const problem = value === undefined || value === '' ? undefined : check(value)
  return problem === undefined ? [] : [invalid(path, value ?? '', `${prefix}${problem}`)]
}

const MIXED = 'may have mixed case, but should otherwise match: '

const nameErrors = ({ names }: Spec): readonly FieldError[] => {
  const at = (name: string): string => child('spec.names', name)
  const lower: SyntaxCheck = (text) => dns1035LabelProblem(text.toLowerCase())
  return [
    ...((names.plural ?? '') === '' ? [required(at('plural'))] : []),
    ...((names.kind ?? '') === '' ? [required(at('kind'))] : []),
    ...syntax(at('plural'), names.plural, dns1035LabelProblem),
    ...syntax(at('singular'), names.singular, dns1035LabelProblem),
    ...syntax(at('kind'), names.kind, lower, MIXED),
    ...syntax(at('listKind'), names.listKind, lower, MIXED),
    ...itemsAt(at('shortNames'), names.shortNames).flatMap(({ path, value }) =>
      syntax(path, value, dns1035LabelProblem),
    ),
    ...itemsAt(at('categories'), names.categories).flatMap(({ path, value }) =>
      syntax(path, value, dns1035LabelProblem),
    ),
    ...(names.kind !== undefined && names.kind === names.listKind
      ? [invalid(at('listKind'), names.listKind, 'kind and listKind may not be the same')]
      : []),
  ]
}

const groupErrors = ({ group }: Spec): readonly FieldError[] => {
  if ((group ?? '') === '') return [required('spec.group')]
  const problem = dnsSubdomainProblem(group)
  if (problem !== undefined) return [invalid('spec.group', group, problem)]
  return group.includes('.') ? [] : [invalid('spec.group', group, 'should be a domain with at least one dot')]
}

/** The schema of a version; its rules are compiled only when all else is right. */
const schemaErrors = (schema: Schema, path: string): readonly FieldError[] => {
  const keywords = schemaRuleErrors(schema, path)
  const structure = keywords.length > 0 ? [] : structuralErrors(schema, path)
  const found = [
    ...keywords,
    ...structure,
    ...(schema.nullable === true
      ? [forbidden(`${path}.nullable`, 'nullable cannot be true at the root')]
      : []),
  ]
  return found.length > 0 ? found : compileRules(schema, path).errors
}

const COLUMN_TYPES = ['boolean', 'date', 'integer', 'number', 'string']

const columnErrors = ({ additionalPrinterColumns }: DefinitionVersion, path: string): readonly FieldError[] =>
  itemsAt(child(path, 'additionalPrinterColumns'), additionalPrinterColumns).flatMap(
    ({ path: at, value }) => [
      ...((value.name ?? '') === '' ? [required(child(at, 'name'))] : []),
      ...(COLUMN_TYPES.includes(value.type)
        ? []
        : [invalid(child(at, 'type'), value.type ?? '', `must be one of ${COLUMN_TYPES.join(',')}`)]),
      ...((value.jsonPath ?? '') === ''
        ? [required(child(at, 'jsonPath'))]
        : parseJsonPath(value.jsonPath) === undefined
          ? [
              invalid(
                child(at, 'jsonPath'),
                value.jsonPath,
                'is an invalid path: write one such as .spec.size',
              ),
            ]
          : []),
    ],
  )

const scalePathErrors = (
  path: string,
  value: string | undefined,
  roots: readonly string[],
): readonly FieldError[] => {
  if (value === undefined || value === '') return [required(path)]
  if (!value.startsWith('.')) return [invalid(path, value, 'must be a simple json path starting with .')]
  const under = roots.length === 1 ? (roots[0] ?? '') : `either ${roots.join(' or ')}`
  return roots.some((root) => value.startsWith(`${root}.`))
    ? []
    : [invalid(path, value, `should be a json path under ${under}`)]
}

const scaleErrors = ({ subresources }: DefinitionVersion, path: string): readonly FieldError[] => {
  const scale = subresources?.scale
  if (scale === undefined) return []
  const at = (name: string): string => `${path}.subresources.scale.${name}`
  return [
    ...scalePathErrors(at('specReplicasPath'), scale.specReplicasPath, ['.spec']),
    ...scalePathErrors(at('statusReplicasPath'), scale.statusReplicasPath, ['.status']),
    ...((scale.labelSelectorPath ?? '') === ''
      ? []
      : scalePathErrors(at('labelSelectorPath'), scale.labelSelectorPath, ['.spec', '.status'])),
  ]
}

const deprecationErrors = (
  { deprecated, deprecationWarning }: DefinitionVersion,
  path: string,
): readonly FieldError[] => {
  if (deprecationWarning === undefined) return []
  const at = child(path, 'deprecationWarning')
  if (deprecated !== true) return [invalid(at, deprecationWarning, 'can only be set for deprecated versions')]
  return [
    ...(deprecationWarning === '' ? [invalid(at, '', 'must not be an empty string')] : []),
    ...(deprecationWarning.length > 256
      ? [invalid(at, deprecationWarning, 'must be <= 256 characters long')]
      : []),
  ]
}

const versionErrors = (
  version: DefinitionVersion,
  path: string,
  old: DefinitionVersion | undefined,
): readonly FieldError[] => {
  const schema = version.schema?.openAPIV3Schema
  const at = `${path}.schema.openAPIV3Schema`
  return [
    ...((version.name ?? '') === ''
      ? [required(child(path, 'name'))]
      : syntax(child(path, 'name'), version.name, dns1035LabelProblem)),
    ...(schema === undefined
      ? [required(at, 'schemas are required')]
      : // A schema that did not change was accepted before.
        jsonEqual(schema, old?.schema?.openAPIV3Schema)
        ? []
        : schemaErrors(schema, at)),
    ...columnErrors(version, path),
    ...scaleErrors(version, path),
    ...deprecationErrors(version, path),
    ...itemsAt(child(path, 'selectableFields'), version.selectableFields).flatMap(({ path: field, value }) =>
      /^\.metadata(?:\.|$)/.test(value.jsonPath ?? '')
        ? [invalid(child(field, 'jsonPath'), value.jsonPath, 'must not point to fields in metadata')]
        : [],
    ),
  ]
}

const versionsErrors = ({ versions }: Spec, old: Spec | undefined): readonly FieldError[] => {
  const path = 'spec.versions'
  if (!Array.isArray(versions) || versions.length === 0) {
    return [invalid(path, [], 'must have exactly one version marked as storage version')]
  }
  const names = versions.map(({ name }) => name)
  return [
    ...(new Set(names).size < names.length
      ? [invalid(path, names, 'must contain unique version names')]
      : []),
    ...(versions.filter(({ storage }) => storage).length === 1
      ? []
      : [invalid(path, names, 'must have exactly one version marked as storage version')]),
    ...itemsAt(path, versions).flatMap(({ path: at, value }) =>
      versionErrors(
        value,
        at,
        old?.versions.find(({ name }) => name === value.name),
      ),
    ),
  ]
}

const conversionErrors = ({ conversion }: Spec): readonly FieldError[] => {
  if (conversion?.strategy === 'Webhook') {
    return [
      invalid(
        'spec.conversion.strategy',
        'Webhook',
        'webhooks are not called: write None, and give all versions one shape',
      ),
    ]
  }
  return conversion?.webhook === undefined
    ? []
    : [forbidden('spec.conversion.webhook', 'should not be set when strategy is not set to Webhook')]
}

const approvalErrors = ({ metadata, spec }: CustomResourceDefinition): readonly FieldError[] => {
  const name = 'api-approved.kubernetes.io'
  const given = metadata.annotations?.[name] ?? ''
  const see = 'see https://github.com/kubernetes/enhancements/pull/1111'
  const path = item('metadata.annotations', name)
  if (!isProtectedGroup(spec.group)) return []
  if (given === '') {
    return [required(path, `protected groups must have approval annotation ${JSON.stringify(name)}, ${see}`)]
  }
  if (given.startsWith('unapproved') || /^[a-z]+:\/\/[^/]/.test(given)) return []
  const why = `protected groups must have approval annotation ${JSON.stringify(name)} with either a URL or a reason starting with "unapproved", ${see}`
  return [invalid(path, given, why)]
}

const immutableErrors = (spec: Spec, old: CustomResourceDefinition): readonly FieldError[] => {
  const isEstablished = old.status?.conditions?.some(
    ({ type, status }) => type === 'Established' && status === 'True',
  )
  const same = (path: string, now: string, before: string): readonly FieldError[] =>
    now === before ? [] : [invalid(path, now, 'field is immutable')]
  return [
    ...(isEstablished === true
      ? [
          ...same('spec.scope', spec.scope, old.spec.scope),
          ...same('spec.names.kind', spec.names.kind, old.spec.names.kind),
        ]
      : []),
    ...same('spec.group', spec.group, old.spec.group),
    ...same('spec.names.plural', spec.names.plural, old.spec.names.plural),
  ]
}

const storedVersionErrors = ({ spec, status }: CustomResourceDefinition): readonly FieldError[] => {
  const stored = status?.storedVersions
  if (stored === undefined || !Array.isArray(spec.versions)) return []
  const storage = storageVersion({ apiVersion: '', kind: '', metadata: { name: '' }, spec })
  return [
    ...(storage === '' || stored.includes(storage)
      ? []
      : [invalid('status.storedVersions', [...stored], `must have the storage version ${storage}`)]),
    ...itemsAt('status.storedVersions', stored).flatMap(({ path, value }) =>
      spec.versions.some(({ name }) => name === value)
        ? []
        : [invalid(path, value, 'must appear in spec.versions')],
    ),
  ]
}

/** What is wrong with a definition; `old`: the one that it replaces. */
export const validateDefinition = (
  definition: CustomResourceDefinition,
  old?: CustomResourceDefinition,
): readonly FieldError[] => {
  const { spec, metadata } = definition
  const wanted = `${spec.names.plural}.${spec.group}`
  const named: SyntaxCheck = (name) =>
    dnsSubdomainProblem(name) ?? (name === wanted ? undefined : 'must be spec.names.plural+"."+spec.group')
  return [
    ...validateMetadata(definition, named),
    ...groupErrors(spec),
    ...nameErrors(spec),
    ...versionsErrors(spec, old?.spec),
    ...conversionErrors(spec),
    ...(spec.preserveUnknownFields === true
      ? [
          invalid(
            'spec.preserveUnknownFields',
            true,
            'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
          ),
        ]
      : []),
    ...(old === undefined || metadata.annotations !== old.metadata.annotations
      ? approvalErrors(definition)
      : []),
    ...(old === undefined ? [] : immutableErrors(spec, old)),
    ...storedVersionErrors(definition),
    ...(new Set(spec.names.shortNames ?? []).size < (spec.names.shortNames ?? []).length
      ? [duplicate('spec.names.shortNames', [...(spec.names.shortNames ?? [])])]
      : []),
  ]
}
