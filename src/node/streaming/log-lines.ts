/** Container logs in the CRI format, line by line, and what `kubectl logs` makes of them. */

export interface LogLine {
  /** RFC 3339 with nanoseconds. */
  readonly time: string
  readonly stream: 'stdout' | 'stderr'
  /** The line goes on with the next entry of the same stream. */
  readonly partial: boolean
  readonly text: Buffer
}

const space = 0x20
const newline = 0x0a

/** `line` without its newline; undefined when it is not in the CRI format (`<time> stdout|stderr F|P <text>`). */
export const parseLogLine = (line: Buffer): LogLine | undefined => {
  const timeEnd = line.indexOf(space)
  const streamEnd = line.indexOf(space, timeEnd + 1)
  const tagEnd = line.indexOf(space, streamEnd + 1)
  if (timeEnd <= 0 || streamEnd === -1 || tagEnd === -1) return undefined
  const stream = line.toString('latin1', timeEnd + 1, streamEnd)
  if (stream !== 'stdout' && stream !== 'stderr') return undefined
  // Further tags may follow after a colon (CRI).
  const partial = line[streamEnd + 1] === 0x50
  return { time: line.toString('latin1', 0, timeEnd), stream, partial, text: line.subarray(tagEnd + 1) }
}

/** Cuts a growing file into lines; a last line without a newline waits for the rest. */
export const createLineSplitter = (): ((bytes: Buffer) => Buffer[]) => {
  let rest: Buffer = Buffer.alloc(0)
  return (bytes) => {
    const all = rest.length === 0 ? bytes : Buffer.concat([rest, bytes])
    const lines: Buffer[] = []
    let start = 0
    for (let end = all.indexOf(newline); end !== -1; end = all.indexOf(newline, start)) {
      lines.push(all.subarray(start, end))
      start = end + 1
    }
    rest = all.subarray(start)
    return lines
  }
}

export interface LogSelection {
  /** Milliseconds since the epoch: older lines are left out. */
  readonly since?: number
  readonly timestamps: boolean
}

/** Turns lines into what the client gets; keeps state for lines in parts. */
export const createLogFormatter = ({
  since,
  timestamps,
}: LogSelection): ((line: LogLine) => Buffer | undefined) => {
  const within: Record<LogLine['stream'], boolean> = { stdout: false, stderr: false }
  return ({ time, stream, partial, text }) => {
    const goesOn = within[stream]
    within[stream] = partial
    if (since !== undefined && Date.parse(time) < since) return undefined
    const parts = timestamps && !goesOn ? [Buffer.from(`${time} `), text] : [text]
    return Buffer.concat(partial ? parts : [...parts, Buffer.from('\n')])
  }
}
