/** Sets absent (or null) fields; the same object comes back when none is. */
export const fill = <T extends object>(value: T, defaults: Partial<T>): T => {
  let filled: T | undefined
  for (const field in defaults) {
    if ((value[field] ?? null) !== null) continue
    filled ??= { ...value }
    Object.assign(filled, { [field]: defaults[field] })
  }
  return filled ?? value
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
