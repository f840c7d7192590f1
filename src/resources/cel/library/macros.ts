/** Macros of cel-go that the evaluator lacks or takes in part: `has`, and those of optional types. */
import { Optional, type ASTNode, type Environment } from '@marcbachmann/cel-js'
import { celFailure } from './cel-failure.ts'

/* The evaluator's macro interface is untyped: these are the parts of it that the macros below use. */
interface Scope {
  readonly forkWithVariable: (name: string, type: Type) => Scope
  readonly reuse: (outer: Scope) => Scope
  readonly setIterValue: (value: unknown, evaluator: Evaluator) => Scope
}
interface Type {
  readonly kind: string
  readonly valueType?: Type
}
interface Checker {
  readonly getType: (name: string) => Type
  readonly check: (node: ASTNode, scope: Scope) => Type
  readonly registry: { readonly getOptionalType: (type: Type) => Type }
}
interface Evaluator {
  readonly run: (node: ASTNode, scope: Scope) => unknown
  readonly debugType: (value: unknown) => {
    readonly fieldLazy: (value: unknown, field: string, node: ASTNode, evaluator: Evaluator) => unknown
  }
}
interface MacroCall {
  readonly args: readonly ASTNode[]
  readonly receiver: ASTNode
}

const optionalMacro =
  (flat: boolean) =>
  ({ args, receiver }: MacroCall): object => {
    const [variable, expression] = args
    if (variable?.op !== 'id' || expression === undefined) {
      throw celFailure('optMap() variable name must be a simple identifier')
    }
    const name = variable.args
    let inner: Scope | undefined
    return {
      typeCheck: (checker: Checker, _macro: unknown, scope: Scope): Type => {
        const type = checker.check(receiver, scope)
        inner = scope.forkWithVariable(name, type.valueType ?? type)
        const result = checker.check(expression, inner)
        return flat ? result : checker.registry.getOptionalType(result)
      },
      evaluate: (evaluator: Evaluator, _macro: unknown, scope: Scope): unknown => {
        const given = evaluator.run(receiver, scope)
        if (!(given instanceof Optional) || !given.hasValue() || inner === undefined) return Optional.none()
        const result = evaluator.run(expression, inner.reuse(scope).setIterValue(given.value(), evaluator))
        return flat ? result : Optional.of(result)
      },
      async: false,
    }
  }

/** What `has` is called when an expression is parsed: the evaluator's own one takes no index in its operand. */
const hasName = '_h_'

const TEXT_OR_HAS =
  /[rR]?"{3}[\s\S]*?"{3}|[rR]?'{3}[\s\S]*?'{3}|[rR]"[^"]*"|[rR]'[^']*'|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|(?<![.\w])has(?=\s*\()/g

/** The expression with this module's `has`, every character at its place. */
export const withOwnHas = (expression: string): string =>
  expression.replaceAll(TEXT_OR_HAS, (found) => (found === 'has' ? hasName : found))

/** `has(e.f)`: true when the field is set; a field that the type does not have does not compile. */
const hasMacro = ({ args }: Pick<MacroCall, 'args'>): object => {
  const [node] = args
  if (node?.op !== '.') throw celFailure('invalid argument to has() macro')
  const [target, field] = node.args
  return {
    typeCheck: (checker: Checker, _macro: unknown, scope: Scope): Type => {
      checker.check(node, scope)
      return checker.getType('bool')
    },
    evaluate: (evaluator: Evaluator, _macro: unknown, scope: Scope): unknown => {
      const object = evaluator.run(target, scope)
      const value = evaluator.debugType(object).fieldLazy(object, field, node, evaluator)
      return value instanceof Optional ? value.hasValue() : value !== undefined
    },
    async: false,
  }
}

export const registerMacros = (environment: Environment): void => {
  environment
    .registerFunction(`${hasName}(ast): bool`, hasMacro)
    .registerFunction('optional.optMap(ast, ast): dyn', optionalMacro(false))
    .registerFunction('optional.optFlatMap(ast, ast): dyn', optionalMacro(true))
}
