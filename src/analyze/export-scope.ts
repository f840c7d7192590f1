/** `exportTo`: which namespaces see an object. */

/** Every namespace. */
export const ALL = '*'

/** The scopes of an object: `*` alone when it is exported to all (the default), else namespaces; `.` is its own. */
export const exportScopes = (exportTo: readonly string[], namespace: string): readonly string[] => {
  if (exportTo.length === 0 || exportTo.includes(ALL)) return [ALL]
  return [...new Set(exportTo.map((scope) => (scope === '.' ? namespace : scope)))]
}
