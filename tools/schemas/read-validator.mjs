/** Reads the JSON schema back out of a compiled validator of the kubernetes-models packages. */
import ts from 'typescript'

const literalOf = (node, constants) => {
  if (ts.isStringLiteral(node)) return node.text
  if (ts.isNumericLiteral(node)) return Number(node.text)
  if (ts.isPrefixUnaryExpression(node)) return -literalOf(node.operand, constants)
  if (ts.isIdentifier(node)) return constants.get(node.text)
  if (ts.isArrayLiteralExpression(node)) return node.elements.map((item) => literalOf(item, constants))
  if (ts.isObjectLiteralExpression(node)) {
    const entries = node.properties
      .filter(ts.isPropertyAssignment)
      .map((property) => [property.name.text, literalOf(property.initializer, constants)])
    return Object.fromEntries(entries)
  }
  return undefined
}

const isData = (node) => ts.isIdentifier(node) && node.text === 'data'

/** Where a call `validateN(data.x, …)` puts the schema of validateN. */
const placeOf = (argument) => {
  if (isData(argument)) return { at: 'self' }
  if (ts.isPropertyAccessExpression(argument) && isData(argument.expression)) {
    return { at: 'property', name: argument.name.text }
  }
  if (ts.isElementAccessExpression(argument) && isData(argument.expression)) {
    const key = argument.argumentExpression
    if (ts.isStringLiteral(key)) return { at: 'property', name: key.text }
    return { at: key.text.startsWith('key') ? 'values' : 'items' }
  }
  throw new Error(`a validator is called in a way this tool does not know: ${argument.getText()}`)
}

const readFunction = (declaration, constants) => {
  const facts = { errors: [], calls: [] }
  const visit = (node) => {
    if (ts.isObjectLiteralExpression(node)) {
      const value = literalOf(node, constants)
      if (typeof value.keyword === 'string') facts.errors.push(value)
    }
    if (
      ts.isCallExpression(node) &&
      ts.isIdentifier(node.expression) &&
      /^validate\d+$/.test(node.expression.text)
    ) {
      facts.calls.push({ target: node.expression.text, ...placeOf(node.arguments[0]) })
    }
    ts.forEachChild(node, visit)
  }
  visit(declaration.body)
  return facts
}

const COMBINATORS = ['oneOf', 'anyOf', 'not']

/** The keywords that a validator can fail with, as schema keywords. */
const keywordsOf = (errors) => {
  const schema = {}
  const required = []
  for (const { keyword, params } of errors) {
    if (keyword === 'required') required.push(params.missingProperty)
    else if (keyword === 'enum') schema.enum = params.allowedValues
    else if (keyword === 'type' || keyword === 'format' || keyword === 'pattern')
      schema[keyword] = params[keyword]
    else if ('limit' in params) schema[keyword] = params.limit
    else if (!COMBINATORS.includes(keyword))
      throw new Error(`a validator checks ${keyword}, which this tool does not know`)
  }
  return required.length === 0 ? schema : { ...schema, required }
}

const addCombinator = (schema, errors, parts) => {
  const found = COMBINATORS.filter((name) => errors.some(({ keyword }) => keyword === name))
  if (parts.length === 0) return
  if (found.length === 0 && parts.length === 1) Object.assign(schema, parts[0])
  else if (found.length === 0) schema.allOf = parts
  else if (found.length === 1) schema[found[0]] = found[0] === 'not' ? parts[0] : parts
  else throw new Error(`a validator mixes ${found.join(' and ')}`)
}

const importsOf = (statement) =>
  (statement.importClause?.namedBindings?.elements ?? []).map((element) => [
    element.name.text,
    statement.moduleSpecifier.text,
  ])

const topLevelFacts = (source) => {
  const functions = source.statements.filter(ts.isFunctionDeclaration)
  const variables = source.statements
    .filter(ts.isVariableStatement)
    .flatMap(({ declarationList }) => declarationList.declarations)
  const arrays = variables.filter(({ initializer }) => ts.isArrayLiteralExpression(initializer))
  return {
    constants: new Map(arrays.map(({ name, initializer }) => [name.text, literalOf(initializer, new Map())])),
    imports: new Map(source.statements.filter(ts.isImportDeclaration).flatMap(importsOf)),
    functions: new Map(functions.map((declaration) => [declaration.name.text, declaration])),
    root: variables.find(({ name }) => name.text === 'validate').initializer.text,
  }
}

/**
 * The schema behind a compiled validator.
 * @param {string} text JavaScript of the validator
 * @param {(module: string) => object} refer the schema that stands for a validator of another module
 */
export const readValidator = (text, refer) => {
  const source = ts.createSourceFile('validator.js', text, ts.ScriptTarget.Latest, false, ts.ScriptKind.JS)
  const { constants, imports, functions, root } = topLevelFacts(source)
  const schemaOf = (name) => {
    const declaration = functions.get(name)
    if (declaration === undefined) return refer(imports.get(name))
    const { errors, calls } = readFunction(declaration, constants)
    const schema = keywordsOf(errors)
    const parts = []
    for (const call of calls) {
      const inner = schemaOf(call.target)
      if (call.at === 'self') parts.push(inner)
      else if (call.at === 'items') schema.items = inner
      else if (call.at === 'values') schema.additionalProperties = inner
      else schema.properties = { ...schema.properties, [call.name]: inner }
    }
    addCombinator(schema, errors, parts)
    return schema
  }
  return schemaOf(root)
}
