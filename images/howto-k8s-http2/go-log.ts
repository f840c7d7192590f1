/** The time and text of a line of Go's `log` package, e.g. `2026/11/20 21:00:00 PORT is: 8080`. */
export const goLogLine = (text: string, now: Date): string =>
  `${now.toISOString().slice(0, 19).replace('T', ' ').replaceAll('-', '/')} ${text}`

/** Writes to standard error, as Go's `log` does. */
export const goLog = (text: string): void => console.error(goLogLine(text, new Date()))

/** Go's log.Fatalf. */
export const goFatal = (text: string): never => {
  goLog(text)
  process.exit(1)
}
