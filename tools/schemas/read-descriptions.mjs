/** Reads the descriptions of fields from the declarations of the kubernetes-models packages. */
import ts from 'typescript'

const commentOf = (node) => {
  const text = node.jsDoc?.at(-1)?.comment
  return typeof text === 'string' && text !== '' ? text : undefined
}

/** `Array<T>` and `T & …` describe the fields of T. */
const innerType = (type) => {
  if (type === undefined) return undefined
  if (ts.isTypeReferenceNode(type) && type.typeName.text === 'Array') return innerType(type.typeArguments[0])
  if (ts.isIntersectionTypeNode(type)) return innerType(type.types[0])
  return type
}

const fieldsOf = (members) => {
  const fields = {}
  for (const member of members) {
    if (!ts.isPropertySignature(member)) continue
    fields[member.name.text] = describe(member)
  }
  return fields
}

const describe = (member) => {
  const type = innerType(member.type)
  if (type === undefined || !ts.isTypeLiteralNode(type)) return { text: commentOf(member), fields: {} }
  const index = type.members.find(ts.isIndexSignatureDeclaration)
  const values = index === undefined ? undefined : innerType(index.type)
  const inner = values !== undefined && ts.isTypeLiteralNode(values) ? values : type
  return { text: commentOf(member), fields: fieldsOf(inner.members) }
}

/**
 * The descriptions of the first interface or type of a declaration file, as `{ text, fields: { name: { text, fields } } }`.
 * @param {string} text a .d.ts file
 */
export const readDescriptions = (text) => {
  const source = ts.createSourceFile('types.d.ts', text, ts.ScriptTarget.Latest, false, ts.ScriptKind.TS)
  const root = source.statements.find(
    (node) => ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node),
  )
  if (root === undefined) return { fields: {} }
  const members = ts.isInterfaceDeclaration(root) ? root.members : []
  return { text: commentOf(root), fields: fieldsOf(members) }
}

/** Puts descriptions on a schema; array items and map values take the fields of their holder. */
export const addDescriptions = (schema, { text, fields }) => {
  const described = text === undefined ? schema : { description: text, ...schema }
  const inner = described.items ?? described.additionalProperties
  if (inner !== undefined && typeof inner === 'object') {
    const key = described.items === undefined ? 'additionalProperties' : 'items'
    return { ...described, [key]: addDescriptions(inner, { fields }) }
  }
  if (described.properties === undefined) return described
  const properties = Object.entries(described.properties).map(([name, property]) => [
    name,
    addDescriptions(property, fields[name] ?? { fields: {} }),
  ])
  return { ...described, properties: Object.fromEntries(properties) }
}
