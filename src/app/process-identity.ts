import { readFileSync } from 'node:fs'

/** One process for ever: ids are used again, an id with its start time is not. */
export interface ProcessIdentity {
  readonly pid: number
  /** Clock ticks after boot (proc(5), stat field 22). */
  readonly startTime: string
}

/** The fields of /proc/PID/stat after the command's name: [0] state, [1] parent, [19] start time. */
export const statFields = (pid: number): readonly string[] | undefined => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}

export const identityOfProcess = (pid: number): ProcessIdentity | undefined => {
  const startTime = statFields(pid)?.[19]
  return startTime === undefined ? undefined : { pid, startTime }
}

export const isAlive = ({ pid, startTime }: ProcessIdentity): boolean => {
  const fields = statFields(pid)
  return fields?.[19] === startTime && fields[0] !== 'Z'
}

/** What a file says of a process; a file that a crash left half-written says nothing. */
export const parseProcessIdentity = (text: string): ProcessIdentity | undefined => {
  try {
    const { pid, startTime }: Partial<ProcessIdentity> = JSON.parse(text)
    return pid === undefined || startTime === undefined ? undefined : { pid, startTime }
  } catch {
    return undefined
  }
}
