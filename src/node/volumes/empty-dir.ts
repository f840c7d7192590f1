/** emptyDir volumes: directories of the pod on disk or in memory, and what they hold. */
import { chmod, chown, lstat, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf } from '../../primitives/coded-error.ts'
import { parseQuantity, quantityValue } from '../../primitives/quantity.ts'
import { fail, ok, type Result } from '../../primitives/result.ts'
import type { EmptyDirVolumeSource, Volume } from '../../resources/core/volume.ts'
import { isMountPoint, mountMemory } from './volume-mounts.ts'

/** Bytes; undefined: no limit. */
export const sizeLimitOf = ({ sizeLimit }: EmptyDirVolumeSource): number | undefined => {
  const parsed = sizeLimit === undefined ? undefined : parseQuantity(String(sizeLimit))
  return parsed?.ok === true ? quantityValue(parsed.value) : undefined
}

/** Makes the directory, everybody's, in the group `fsGroup`; the error is what follows `MountVolume.SetUp failed ...`. */
export const setUpEmptyDir = async (
  directory: string,
  source: EmptyDirVolumeSource,
  fsGroup: number | undefined,
): Promise<Result<string, string>> => {
  const { medium = '' } = source
  if (medium.startsWith('HugePages'))
    return fail(`the medium ${medium} is not supported: leave it out, or write Memory`)
  await mkdir(directory, { recursive: true })
  if (medium === 'Memory' && !(await isMountPoint(directory))) {
    try {
      await mountMemory(directory, sizeLimitOf(source))
    } catch (error) {
      return fail(`no memory can be mounted here: ${messageOf(error)}`)
    }
  }
  await chmod(directory, fsGroup === undefined ? 0o777 : 0o2777)
  // In a user namespace the group may not be there; the mode lets everybody in anyway.
  if (fsGroup !== undefined) await chown(directory, 0, fsGroup).catch(() => undefined)
  return ok(directory)
}

/** What the files below a directory take on disk, in bytes; what vanishes meanwhile counts nothing. */
const usageOf = async (path: string): Promise<number> => {
  const found = await lstat(path).catch(() => undefined)
  if (found === undefined) return 0
  const own = found.blocks * 512
  if (!found.isDirectory()) return own
  let sum = own
  for (const name of await readdir(path).catch(() => [])) sum += await usageOf(join(path, name))
  return sum
}

/** Of the first emptyDir that holds more than its sizeLimit: why its pod is evicted (kubelet's local storage eviction). */
export const exceededVolume = async (
  volumes: readonly Volume[],
  paths: ReadonlyMap<string, string>,
): Promise<string | undefined> => {
  for (const { name, emptyDir } of volumes) {
    const limit = emptyDir && sizeLimitOf(emptyDir)
    const path = paths.get(name)
    if (limit === undefined || path === undefined || (await usageOf(path)) <= limit) continue
    return `Usage of EmptyDir volume ${JSON.stringify(name)} exceeds the limit ${JSON.stringify(String(emptyDir?.sizeLimit))}. `
  }
  return undefined
}
