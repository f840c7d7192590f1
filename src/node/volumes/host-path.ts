/** hostPath volumes and their types (https://kubernetes.io/docs/concepts/storage/volumes/#hostpath-volume-types). */
import type { Stats } from 'node:fs'
import { mkdir, stat, writeFile } from 'node:fs/promises'
import { messageOf } from '../../primitives/coded-error.ts'
import { fail, ok, type Result } from '../../primitives/result.ts'
import type { HostPathVolumeSource } from '../../resources/core/volume.ts'

const expectations: Readonly<
  Record<string, { readonly is: (found: Stats) => boolean; readonly what: string }>
> = {
  Directory: { is: (found) => found.isDirectory(), what: 'a directory' },
  DirectoryOrCreate: { is: (found) => found.isDirectory(), what: 'a directory' },
  File: { is: (found) => found.isFile(), what: 'a file' },
  FileOrCreate: { is: (found) => found.isFile(), what: 'a file' },
  Socket: { is: (found) => found.isSocket(), what: 'a socket file' },
  CharDevice: { is: (found) => found.isCharacterDevice(), what: 'a character device' },
  BlockDevice: { is: (found) => found.isBlockDevice(), what: 'a block device' },
}

const make = async (path: string, type: string): Promise<void> => {
  if (type === 'FileOrCreate') await writeFile(path, '', { flag: 'a', mode: 0o644 })
  // Without a type nothing is checked, and container runtimes make what is not there.
  else if (type === '' || type === 'DirectoryOrCreate') await mkdir(path, { recursive: true, mode: 0o755 })
}

/** Makes and checks what the type asks for; the error is what follows `MountVolume.SetUp failed ...`. */
export const setUpHostPath = async ({
  path,
  type = '',
}: HostPathVolumeSource): Promise<Result<string, string>> => {
  const expected = expectations[type]
  if (type !== '' && expected === undefined)
    return fail(`hostPath type check failed: ${JSON.stringify(type)} is an invalid volume type`)
  let found = await stat(path).catch(() => undefined)
  if (found === undefined) {
    try {
      await make(path, type)
    } catch (error) {
      return fail(messageOf(error))
    }
    found = await stat(path).catch(() => undefined)
  }
  if (expected !== undefined && (found === undefined || !expected.is(found)))
    return fail(`hostPath type check failed: ${path} is not ${expected.what}`)
  return ok(path)
}
