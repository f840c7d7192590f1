/** One row of the catalogue of findings. */

/** How bad a finding is: an Error does not work, a Warning may not, Info is good to know. */
export type Level = 'Error' | 'Warning' | 'Info'

export interface MessageRow {
  readonly name: string
  readonly level: Level
  /** The message with Go's verbs (`%s` text, `%q` quoted text, `%d` number, `%v` any, lists as `[a b]`). */
  readonly template: string
  /** What it means. */
  readonly description: string
  /** What to do about it. */
  readonly remedy: string
}
