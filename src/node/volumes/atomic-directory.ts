import {
  chmod,
  chown,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { VolumeFiles } from './volume-files.ts'
import { errorCodeOf } from '../../primitives/coded-error.ts'

const dataLink = '..data'

const current = async (directory: string): Promise<string | undefined> =>
  readlink(join(directory, dataLink)).catch(() => undefined)

const isUnchanged = async (directory: string, files: VolumeFiles): Promise<boolean> => {
  const present = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => [])
  const names = present.filter((entry) => entry.isFile())
  if (names.length !== files.size) return false
  for (const [path, file] of files) {
    const content = await readFile(join(directory, path)).catch(() => undefined)
    if (content === undefined || !content.equals(file.content)) return false
    if (((await lstat(join(directory, path))).mode & 0o7777) !== file.mode) return false
  }
  return true
}

/** First parts of the paths: what is to be seen at the volume's root. */
const rootNames = (files: VolumeFiles): Set<string> =>
  new Set([...files.keys()].map((path) => path.split('/')[0] ?? ''))

const linkRoots = async (directory: string, names: ReadonlySet<string>): Promise<void> => {
  for (const name of await readdir(directory)) {
    if (!name.startsWith('..') && !names.has(name)) await rm(join(directory, name), { recursive: true })
  }
  for (const name of names) {
    await symlink(join(dataLink, name), join(directory, name)).catch((error: unknown) => {
      if (errorCodeOf(error) !== 'EEXIST') throw error
    })
  }
}

/**
 * Replaces all files of a volume in one step, as a kubelet's AtomicWriter does: files are links through `..data`, which
 * a rename turns to a new directory, so that a reader sees all old or all new. `generation` names it, another one each
 * time; `group` gets the files where it is there. Gives false when nothing changed.
 */
export const writeAtomicDirectory = async (
  directory: string,
  files: VolumeFiles,
  { generation, group }: { readonly generation: string; readonly group?: number },
): Promise<boolean> => {
  await mkdir(directory, { recursive: true, mode: 0o755 })
  const old = await current(directory)
  if (old !== undefined && (await isUnchanged(join(directory, old), files))) return false
  const next = `..${generation}`
  await rm(join(directory, next), { recursive: true, force: true })
  await mkdir(join(directory, next), { mode: 0o755 })
  for (const [path, file] of files) {
    const target = join(directory, next, path)
    await mkdir(dirname(target), { recursive: true, mode: 0o755 })
    await writeFile(target, file.content)
    // In a user namespace the group may not be there.
    if (group !== undefined) await chown(target, 0, group).catch(() => undefined)
    await chmod(target, file.mode)
  }
  await rm(join(directory, `${dataLink}_tmp`), { force: true })
  await symlink(next, join(directory, `${dataLink}_tmp`))
  await rename(join(directory, `${dataLink}_tmp`), join(directory, dataLink))
  await linkRoots(directory, rootNames(files))
  if (old !== undefined && old !== next) await rm(join(directory, old), { recursive: true, force: true })
  return true
}
