/** RFC 3339 in UTC with whole seconds: Kubernetes' metav1.Time. */
export const timestampOf = (milliseconds: number): string =>
  new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z')

/** Milliseconds since the epoch, or 0 for an absent or unreadable time: Go's zero Time is as old. */
export const timeOf = (timestamp: string | null | undefined): number => {
  const parsed = Date.parse(timestamp ?? '')
  return Number.isNaN(parsed) ? 0 : parsed
}
