/** What is appended to a file, line by line, until the signal ends it. */
import { open, stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

/** Milliseconds between two looks. */
const interval = 200

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  )

const readFrom = async (path: string, offset: number, length: number): Promise<string> => {
  const file = await open(path)
  try {
    const buffer = Buffer.alloc(length)
    const { bytesRead } = await file.read(buffer, 0, length, offset)
    return buffer.subarray(0, bytesRead).toString('utf8')
  } finally {
    await file.close()
  }
}

/** From byte `offset` on. A file that shrinks is read from its beginning; one that is not there yet is waited for. */
export const followFile = async (
  path: string,
  offset: number,
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<void> => {
  let at = offset
  let rest = ''
  while (!signal.aborted) {
    const size = await sizeOf(path)
    if (size < at) [at, rest] = [0, '']
    if (size > at) {
      const lines = `${rest}${await readFrom(path, at, size - at)}`.split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) onLine(line)
      at = size
    }
    await sleep(interval, undefined, { signal }).catch(() => undefined)
  }
}
