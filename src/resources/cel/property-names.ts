/** Property names as CEL identifiers, escaped as Kubernetes does (apiserver cel/escaping.go). */

const KEYWORDS: ReadonlySet<string> = new Set([
  'true',
  'false',
  'null',
  'in',
  'as',
  'break',
  'const',
  'continue',
  'else',
  'for',
  'function',
  'if',
  'import',
  'let',
  'loop',
  'package',
  'namespace',
  'return',
  'var',
  'void',
  'while',
])

const ESCAPES: Readonly<Record<string, string>> = {
  __: '__underscores__',
  '.': '__dot__',
  '-': '__dash__',
  '/': '__slash__',
}

/** `x-prop` is `x__dash__prop`, `namespace` is `__namespace__`; undefined for a name that rules cannot reach. */
export const celIdentifier = (name: string): string | undefined => {
  if (KEYWORDS.has(name)) return `__${name}__`
  if (!/^[A-Za-z_./-][\w./-]*$/.test(name)) return undefined
  return name.replaceAll(/__|[./-]/g, (part) => ESCAPES[part] ?? part)
}
