/** Reads the files of one run of a container: from where it was asked to, across rotation, as long as it writes. */
import { open, stat, type FileHandle } from 'node:fs/promises'
import { watch } from 'node:fs'
import type { ContainerLog } from '../ports.ts'
import { rotatedLogs } from '../rotated-logs.ts'
import { errorCodeOf } from '../../primitives/coded-error.ts'

const blockSize = 64 * 1024
const newline = 0x0a
/** The file system tells of changes; this bounds the wait for what it does not tell (the end of the container). */
const longestWait = 200

const openIfThere = async (path: string): Promise<FileHandle | undefined> => {
  try {
    return await open(path, 'r')
  } catch (error) {
    if (errorCodeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** How many newlines `file` has beyond `lines`, told as the offset where its last `lines` lines begin. */
const tailOffset = async (file: FileHandle, lines: number): Promise<{ offset: number; found: number }> => {
  const block = Buffer.alloc(blockSize)
  let { size: end } = await file.stat()
  let found = 0
  while (end > 0) {
    const start = Math.max(0, end - blockSize)
    const { bytesRead } = await file.read(block, 0, end - start, start)
    for (let position = bytesRead - 1; position >= 0; position -= 1) {
      if (block[position] !== newline) continue
      if (found === lines) return { offset: start + position + 1, found }
      found += 1
    }
    end = start
  }
  return { offset: 0, found }
}

/** A file that is held open: its inode is nobody else's as long. */
interface Place {
  readonly file: FileHandle
  readonly offset: number
}

/** All files of the log, oldest first. */
const filesOf = ({ path }: ContainerLog): string[] => [...rotatedLogs(path).map((each) => each.path), path]

/** The file that was begun after `held`; the oldest when `held` is not there any more; undefined while it is the newest. */
const successor = async (log: ContainerLog, held: FileHandle): Promise<FileHandle | undefined> => {
  const { ino } = await held.stat()
  for (;;) {
    const paths = filesOf(log)
    const inodes = await Promise.all(
      paths.map((path) =>
        stat(path).then(
          (found) => found.ino,
          () => undefined,
        ),
      ),
    )
    const index = inodes.indexOf(ino)
    if (index === paths.length - 1) return undefined
    const path = paths[index + 1] ?? log.path
    const next = await openIfThere(path)
    // A rotation in between has given the names to other files: look again.
    if (next !== undefined && (await next.stat()).ino === inodes[index + 1]) return next
    await next?.close()
    if (next === undefined && path === log.path) return undefined
  }
}

/** Where to begin in these files: at the first, or so many lines before the end. Undefined: none is there. */
const placeIn = async (
  paths: readonly string[],
  tailLines: number | undefined,
): Promise<Place | undefined> => {
  let start: Place | undefined
  let left = tailLines ?? Number.POSITIVE_INFINITY
  for (const path of paths.toReversed()) {
    const file = await openIfThere(path)
    if (file === undefined) continue
    const { offset, found } = tailLines === undefined ? { offset: 0, found: 0 } : await tailOffset(file, left)
    await start?.file.close()
    start = { file, offset }
    left -= found
    if (left <= 0) break
  }
  return start
}

const mostTries = 20

const startPlace = async (log: ContainerLog, tailLines: number | undefined): Promise<Place | undefined> => {
  for (let tries = 1; ; tries += 1) {
    const paths = filesOf(log)
    const place = await placeIn(paths, tailLines)
    // A rotation in between has given the names to other files: look again.
    if (tries === mostTries || paths.join('\n') === filesOf(log).join('\n')) return place
    await place?.file.close()
  }
}

/** Everything from `offset` to the present end. Gives the new offset. */
async function* readToEnd(file: FileHandle, offset: number): AsyncGenerator<Buffer, number> {
  let position = offset
  for (;;) {
    const block = Buffer.allocUnsafe(blockSize)
    const { bytesRead } = await file.read(block, 0, blockSize, position)
    if (bytesRead === 0) return position
    position += bytesRead
    yield block.subarray(0, bytesRead)
  }
}

/** Resolves when the file changes, or after a short time. */
const untilChanged = (path: string, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer)
      watcher?.close()
      signal.removeEventListener('abort', finish)
      resolve()
    }
    const timer = setTimeout(finish, longestWait)
    signal.addEventListener('abort', finish, { once: true })
    let watcher: ReturnType<typeof watch> | undefined
    try {
      watcher = watch(path, { persistent: false }, finish)
      watcher.on('error', () => undefined)
    } catch {
      // The file is not there yet, or inotify has no room: the timer wakes.
    }
  })

export interface LogReadOptions {
  readonly follow: boolean
  /** Begin with the last so many lines. */
  readonly tailLines?: number
}

const firstPlace = async (
  log: ContainerLog,
  { follow, tailLines }: LogReadOptions,
  signal: AbortSignal,
): Promise<Place | undefined> => {
  for (;;) {
    const running = log.isRunning()
    const place = await startPlace(log, tailLines)
    if (place !== undefined || !follow || !running || signal.aborted) return place
    await untilChanged(log.path, signal)
  }
}

/** The bytes of the log in order; with `follow` until the container does not write any more. */
export async function* readLog(
  log: ContainerLog,
  options: LogReadOptions,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const start = await firstPlace(log, options, signal)
  if (start === undefined) return
  let { file, offset } = start
  try {
    while (!signal.aborted) {
      // Asked before reading: what was written before the end, or before the rotation, is read after it.
      const running = log.isRunning()
      const next = await successor(log, file)
      offset = yield* readToEnd(file, offset)
      if (next !== undefined) {
        await file.close()
        file = next
        offset = 0
        continue
      }
      if (!options.follow || !running) return
      await untilChanged(log.path, signal)
    }
  } finally {
    await file.close()
  }
}
