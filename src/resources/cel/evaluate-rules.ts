/** Runs the rules of a schema on a value, and on the value that it replaces. */
import { Optional } from '@marcbachmann/cel-js'
import { isJsonObject, jsonEqual, type JsonValue } from '../../primitives/json-value.ts'
import { child, item } from '../field-path.ts'
import type { FieldError } from '../kind.ts'
import { correlatedItem } from '../list-items.ts'
import type { DeclaredType } from './declared-types.ts'
import { parseRuleFieldPath } from './rule-field-path.ts'
import type { CompiledRule, RuleTree } from './rule-tree.ts'

/** A value with what it replaces; `old` undefined: nothing that can be found. */
interface Change {
  readonly value: JsonValue
  readonly old: JsonValue | undefined
}

const oneLine = (text: unknown): string | undefined => {
  const trimmed = typeof text === 'string' ? text.trim() : ''
  return trimmed === '' || trimmed.includes('\n') ? undefined : trimmed
}

const messageFor = (
  { source, message }: CompiledRule,
  variables: Readonly<Record<string, unknown>>,
): string => {
  const made = message?.evaluate(variables)
  return (
    (made?.ok === true ? oneLine(made.value) : undefined) ??
    oneLine(source.message) ??
    `failed rule: ${source.rule.trim()}`
  )
}

const withReason = (rule: CompiledRule, tree: RuleTree, path: string, message: string): FieldError => {
  const { fieldPath = '', reason = 'FieldValueInvalid' } = rule.source
  const below = fieldPath === '' ? '' : (parseRuleFieldPath(fieldPath, tree.schema) ?? '')
  const field = below === '' ? path : below.startsWith('[') ? `${path}${below}` : child(path, below)
  const value = tree.schema.type ?? 'object'
  return reason === 'FieldValueRequired' || reason === 'FieldValueForbidden'
    ? { field, reason, message }
    : { field, reason, message, value }
}

const runRule = (
  rule: CompiledRule,
  tree: RuleTree & { readonly type: DeclaredType },
  { value, old }: Change,
  path: string,
): readonly FieldError[] => {
  const optional = rule.source.optionalOldSelf === true
  if (rule.isTransition && old === undefined && !optional) return []
  // What did not change was accepted before (CRDValidationRatcheting).
  if (!rule.isTransition && old !== undefined && jsonEqual(value, old)) return []
  const before = old === undefined ? undefined : tree.type.valueOf(old)
  const oldSelf = optional ? (before === undefined ? Optional.none() : Optional.of(before)) : before
  const variables = { self: tree.type.valueOf(value), oldSelf }
  const outcome = rule.expression.evaluate(variables)
  if (outcome.ok && outcome.value === true) return []
  const message = outcome.ok
    ? messageFor(rule, variables)
    : `${outcome.error} evaluating rule: ${oneLine(rule.source.message) ?? rule.source.rule.trim()}`
  return [withReason(rule, tree, path, message)]
}

const oldField = (old: JsonValue | undefined, name: string): JsonValue | undefined =>
  isJsonObject(old) && Object.hasOwn(old, name) ? old[name] : undefined

const listErrors = (tree: RuleTree, list: readonly JsonValue[], old: JsonValue | undefined, path: string) => {
  const { items } = tree
  if (items === undefined) return []
  return list.flatMap((value, index) =>
    evaluateRules(items, { value, old: correlatedItem(tree.schema, value, old) }, item(path, index)),
  )
}

/** What the rules find, in the words of Kubernetes. The value fits the schema's types. */
export const evaluateRules = (tree: RuleTree, change: Change, path: string): readonly FieldError[] => {
  const { value, old } = change
  if (value === null) return []
  const { type } = tree
  const own =
    type === undefined ? [] : tree.rules.flatMap((rule) => runRule(rule, { ...tree, type }, change, path))
  if (Array.isArray(value)) return [...own, ...listErrors(tree, value, old, path)]
  if (!isJsonObject(value)) return own
  const below = Object.entries(value).flatMap(([name, inner]) => {
    const field = tree.properties.get(name)
    const subtree = field ?? tree.values
    if (subtree === undefined) return []
    const at = field === undefined ? item(path, name) : child(path, name)
    return evaluateRules(subtree, { value: inner, old: oldField(old, name) }, at)
  })
  return [...own, ...below]
}
