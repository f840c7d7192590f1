import { randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { identityOfProcess, isAlive, parseProcessIdentity } from './process-identity.ts'
import { errorCodeOf } from '../primitives/coded-error.ts'

/** The lock appears with its holder's name in it or not at all: a link is made in one step. */
const takeLock = async (path: string, draft: string): Promise<boolean> => {
  try {
    await link(draft, path)
    return true
  } catch (error) {
    if (errorCodeOf(error) === 'EEXIST') return false
    throw error
  }
}

const isStale = async (path: string): Promise<boolean> => {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) return false
  const holder = parseProcessIdentity(text)
  return holder === undefined || !isAlive(holder)
}

/** Takes a dead holder's lock away; one that another process has taken meanwhile is put back. */
const removeStale = async (path: string): Promise<void> => {
  const aside = `${path}.${randomUUID()}`
  await rename(path, aside).catch(() => undefined)
  if (!(await isStale(aside))) await link(aside, path).catch(() => undefined)
  await rm(aside, { force: true })
}

/**
 * Runs `action` while no other process does so in the same directory; waits for its turn until `signal`. A lock whose
 * holder has died is taken over. Two instances on one store would each count their own revisions.
 */
export const withHomeLock = async <T>(
  root: string,
  signal: AbortSignal,
  action: () => Promise<T>,
): Promise<T> => {
  await mkdir(root, { recursive: true })
  const path = join(root, 'lock')
  const draft = `${path}.${randomUUID()}`
  await writeFile(draft, JSON.stringify(identityOfProcess(process.pid)))
  try {
    while (!(await takeLock(path, draft))) {
      signal.throwIfAborted()
      if (await isStale(path)) await removeStale(path)
      else await sleep(25, undefined, { signal })
    }
  } finally {
    await rm(draft, { force: true })
  }
  try {
    return await action()
  } finally {
    await rm(path, { force: true })
  }
}
