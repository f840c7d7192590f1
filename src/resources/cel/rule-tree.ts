/** The rules of a schema, compiled: a tree of the parts of the schema that have rules at or below them. */
import type { Environment } from '@marcbachmann/cel-js'
import { invalid, forbidden, notSupported, required } from '../field-error.ts'
import { child, item } from '../field-path.ts'
import type { FieldError } from '../kind.ts'
import type { Schema, ValidationRule } from '../schema.ts'
import { compileExpression, type CompiledExpression } from './compile-expression.ts'
import { TypeDeclarations, type DeclaredType } from './declared-types.ts'
import { createKubernetesEnvironment } from './kubernetes-environment.ts'
import { parseRuleFieldPath } from './rule-field-path.ts'

export interface CompiledRule {
  readonly source: ValidationRule
  readonly expression: CompiledExpression
  readonly message?: CompiledExpression
  /** It compares with the old value: without one it does not run, unless the old value is optional. */
  readonly isTransition: boolean
}

export interface RuleTree {
  readonly schema: Schema
  readonly type: DeclaredType | undefined
  readonly rules: readonly CompiledRule[]
  readonly properties: ReadonlyMap<string, RuleTree>
  /** Of the items of a list. */
  readonly items: RuleTree | undefined
  /** Of the values of a map. */
  readonly values: RuleTree | undefined
}

export interface CompiledRules {
  /** Undefined: the schema has no rules. */
  readonly tree: RuleTree | undefined
  /** Rules that do not compile, which are not in the tree, with their path in the schema. */
  readonly errors: readonly FieldError[]
}

/** A part of the schema, its rules not compiled yet: all types are declared before the first expression is compiled. */
interface Part {
  readonly schema: Schema
  readonly path: string
  readonly type: DeclaredType | undefined
  /** False below lists whose items have no identity: their old values cannot be found. */
  readonly correlatable: boolean
  readonly properties: readonly (readonly [string, Part])[]
  readonly items: Part | undefined
  readonly values: Part | undefined
}

interface Place {
  readonly path: string
  readonly isRoot: boolean
  readonly correlatable: boolean
}

const isEmbedded = (schema: Schema): boolean => schema['x-kubernetes-embedded-resource'] === true

const rulesOf = (schema: Schema): readonly ValidationRule[] => schema['x-kubernetes-validations'] ?? []

/** The part with those below it that have rules; undefined when none has. */
const partOf = (schema: Schema, types: TypeDeclarations, place: Place): Part | undefined => {
  const below = (inner: Schema, path: string, correlatable: boolean): Part | undefined =>
    partOf(inner, types, { path, isRoot: isEmbedded(inner), correlatable })
  const { path, correlatable } = place
  const properties = Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => {
    const part = below(inner, item(child(path, 'properties'), name), correlatable)
    return part === undefined ? [] : [[name, part] as const]
  })
  const { items, additionalProperties: values } = schema
  const keyed = schema['x-kubernetes-list-type'] === 'map'
  const itemPart = items === undefined ? undefined : below(items, child(path, 'items'), correlatable && keyed)
  const valuePart =
    typeof values === 'object' ? below(values, child(path, 'additionalProperties'), correlatable) : undefined
  const isBare = properties.length === 0 && itemPart === undefined && valuePart === undefined
  if (isBare && rulesOf(schema).length === 0) return undefined
  const type = rulesOf(schema).length === 0 ? undefined : types.declare(schema, place.isRoot)
  return { schema, path, type, correlatable, properties, items: itemPart, values: valuePart }
}

const REASONS = ['FieldValueRequired', 'FieldValueInvalid', 'FieldValueForbidden', 'FieldValueDuplicate']

/** What is wrong with a rule beside its expressions. */
const ruleErrors = (rule: ValidationRule, path: string, schema: Schema): readonly FieldError[] => {
  const { message, reason, fieldPath } = rule
  const source = rule.rule ?? ''
  if (source.trim() === '') return [required(child(path, 'rule'), 'rule is not specified')]
  return [
    ...(message !== undefined && message !== '' && message.trim() === ''
      ? [invalid(child(path, 'message'), message, 'message must be non-empty if specified')]
      : []),
    ...(message?.trim().includes('\n') === true
      ? [invalid(child(path, 'message'), message, 'message must not contain line breaks')]
      : []),
    ...(source.trim().includes('\n') && (message ?? '') === ''
      ? [required(child(path, 'message'), 'message must be specified if rule contains line breaks')]
      : []),
    ...(reason !== undefined && !REASONS.includes(reason)
      ? [notSupported(child(path, 'reason'), reason, REASONS)]
      : []),
    ...(fieldPath !== undefined && fieldPath !== '' && parseRuleFieldPath(fieldPath, schema) === undefined
      ? [
          invalid(
            child(path, 'fieldPath'),
            fieldPath,
            'fieldPath must be a valid path: does not refer to a valid field',
          ),
        ]
      : []),
  ]
}

const compileOne = (
  environment: Environment,
  rule: ValidationRule,
  path: string,
  part: Part,
): { readonly rule?: CompiledRule; readonly errors: readonly FieldError[] } => {
  const errors = ruleErrors(rule, path, part.schema)
  if (errors.length > 0) return { errors }
  const at = child(path, 'rule')
  const expression = compileExpression(environment, rule.rule)
  if (!expression.ok) return { errors: [invalid(at, rule.rule, expression.error)] }
  if (expression.value.type !== 'bool' && expression.value.type !== 'dyn') {
    return { errors: [invalid(at, rule.rule, 'cel expression must evaluate to a bool')] }
  }
  const isTransition = expression.value.mentions.has('oldSelf')
  if (isTransition && !part.correlatable) {
    const why = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${part.path}`
    return { errors: [invalid(at, rule.rule, why)] }
  }
  if (rule.optionalOldSelf !== undefined && !isTransition) {
    const why = 'may not be set if oldSelf is not used in rule'
    return { errors: [forbidden(child(path, 'optionalOldSelf'), why)] }
  }
  if (rule.messageExpression === undefined || rule.messageExpression === '') {
    return { rule: { source: rule, expression: expression.value, isTransition }, errors }
  }
  const messageAt = child(path, 'messageExpression')
  const message = compileExpression(environment, rule.messageExpression)
  if (!message.ok) return { errors: [invalid(messageAt, rule.messageExpression, message.error)] }
  if (message.value.type !== 'string' && message.value.type !== 'dyn') {
    return {
      errors: [invalid(messageAt, rule.messageExpression, 'messageExpression must evaluate to a string')],
    }
  }
  return {
    rule: { source: rule, expression: expression.value, message: message.value, isTransition },
    errors,
  }
}

const compilePart = (part: Part, environment: Environment): CompiledRules & { readonly tree: RuleTree } => {
  const errors: FieldError[] = []
  const below = (inner: Part | undefined): RuleTree | undefined => {
    if (inner === undefined) return undefined
    const compiled = compilePart(inner, environment)
    errors.push(...compiled.errors)
    return compiled.tree
  }
  const { schema, type } = part
  const rules = rulesOf(schema).flatMap((rule, index) => {
    const path = item(child(part.path, 'x-kubernetes-validations'), index)
    if (type === undefined) {
      errors.push(invalid(child(path, 'rule'), rule.rule, 'rules need a schema with a type'))
      return []
    }
    const own = environment.clone().registerVariable('self', type.name)
    own.registerVariable('oldSelf', rule.optionalOldSelf === true ? `optional<${type.name}>` : type.name)
    const compiled = compileOne(own, rule, path, part)
    errors.push(...compiled.errors)
    return compiled.rule === undefined ? [] : [compiled.rule]
  })
  const properties = new Map<string, RuleTree>()
  for (const [name, inner] of part.properties) {
    const tree = below(inner)
    if (tree !== undefined) properties.set(name, tree)
  }
  const tree = { schema, type, rules, properties, items: below(part.items), values: below(part.values) }
  return { tree, errors }
}

/** Compiles all rules of the schema of a resource; `path` is where the schema stands, for the errors. */
export const compileRules = (schema: Schema, path = ''): CompiledRules => {
  const environment = createKubernetesEnvironment()
  const types = new TypeDeclarations(environment)
  const part = partOf(schema, types, { path, isRoot: true, correlatable: true })
  return part === undefined ? { tree: undefined, errors: [] } : compilePart(part, environment)
}
