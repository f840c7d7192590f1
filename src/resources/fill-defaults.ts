/** Sets absent (or null) fields; the same object comes back when none is. */
export const fill = <T extends object>(value: T, defaults: Partial<T>): T => {
  const current = new Map<string, unknown>(Object.entries(value))
  const missing = Object.entries(defaults).filter(([field]) => (current.get(field) ?? null) === null)
  return missing.length === 0 ? value : Object.assign({}, value, Object.fromEntries(missing))
}

/** Applies `complete` to a field that is there. */
export const mapField = <T extends object, K extends keyof T>(
  value: T,
  field: K,
  complete: (inner: NonNullable<T[K]>) => NonNullable<T[K]>,
): T => {
  const inner = value[field]
  if (inner === undefined || inner === null) return value
  const completed = complete(inner)
  return completed === inner ? value : { ...value, [field]: completed }
}
