/** Reads the files of one run of a container: from where it was asked to, across rotation, as long as it writes. */
import { open, stat, type FileHandle } from 'node:fs/promises'
import { watch } from 'node:fs'
import type { ContainerLog } from '../ports.ts'
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

interface StartPoint {
  readonly path: string
  readonly offset: number
}

/** The files to read and where to begin in the first of them. */
const startPoints = async (log: ContainerLog, tailLines: number | undefined): Promise<StartPoint[]> => {
  const paths = [...log.rotated, log.path]
  if (tailLines === undefined) return paths.map((path) => ({ path, offset: 0 }))
  const points: StartPoint[] = []
  let left = tailLines
  for (const path of paths.toReversed()) {
    const file = await openIfThere(path)
    if (file === undefined) continue
    try {
      const { offset, found } = await tailOffset(file, left)
      points.unshift({ path, offset })
      left -= found
      if (left <= 0) break
    } finally {
      await file.close()
    }
  }
  return points.length === 0 ? [{ path: log.path, offset: 0 }] : points
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

const isSameFile = async (file: FileHandle, path: string): Promise<boolean> => {
  const [held, named] = await Promise.all([file.stat(), stat(path).catch(() => undefined)])
  return named === undefined || named.ino === held.ino
}

/** The current file as it grows, and its successors after rotation, until the container no longer writes. */
async function* follow(log: ContainerLog, offset: number, signal: AbortSignal): AsyncGenerator<Buffer> {
  let position = offset
  let file = await openIfThere(log.path)
  try {
    while (!signal.aborted) {
      // Asked before reading: what was written before the end is read after it.
      const running = log.isRunning()
      file ??= await openIfThere(log.path)
      const current = file === undefined || (await isSameFile(file, log.path))
      if (file !== undefined) position = yield* readToEnd(file, position)
      if (!current) {
        await file?.close()
        file = undefined
        position = 0
        continue
      }
      if (!running) return
      await untilChanged(log.path, signal)
    }
  } finally {
    await file?.close()
  }
}

export interface LogReadOptions {
  readonly follow: boolean
  /** Begin with the last so many lines. */
  readonly tailLines?: number
}

/** The bytes of the log in order. A log that does not exist (yet) is empty. */
export async function* readLog(
  log: ContainerLog,
  options: LogReadOptions,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  for (const { path, offset } of await startPoints(log, options.tailLines)) {
    if (path === log.path && options.follow) {
      yield* follow(log, offset, signal)
      return
    }
    const file = await openIfThere(path)
    if (file === undefined) continue
    try {
      yield* readToEnd(file, offset)
    } finally {
      await file.close()
    }
  }
}
