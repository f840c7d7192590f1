/** The macros of cel-go's optional types: `opt.optMap(name, expression)` and `opt.optFlatMap(name, expression)`. */
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
  readonly check: (node: ASTNode, scope: Scope) => Type
  readonly registry: { readonly getOptionalType: (type: Type) => Type }
}
interface Evaluator {
  readonly run: (node: ASTNode, scope: Scope) => unknown
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

export const registerOptionalMacros = (environment: Environment): void => {
  environment
    .registerFunction('optional.optMap(ast, ast): dyn', optionalMacro(false))
    .registerFunction('optional.optFlatMap(ast, ast): dyn', optionalMacro(true))
}
