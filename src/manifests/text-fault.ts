/** What is wrong with a text that is no YAML, and how to write it. */
import type { Repair } from './repair.ts'

/** Lines and columns count from 1. */
export interface TextFault {
  readonly line: number
  readonly column: number
  readonly message: string
  /** Absent where several repairs are as likely. */
  readonly repair?: Repair
  /** The repair with as many lines as it replaces, so that what stands behind keeps its place; absent: the repair itself. */
  readonly recovery?: Repair
}
