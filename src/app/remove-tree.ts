import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { CodedError, errorCodeOf } from '../primitives/coded-error.ts'
import type { HostUser } from './host-user.ts'
import { enterUserNamespace, mapIds, mappingDescriptor, rangeMapping } from './user-namespace.ts'

/** As the root of a user namespace with the user's whole range of ids: what containers wrote belongs to others of it. */
const removeInNamespace = async (directory: string, user: HostUser, searchPath: string): Promise<void> => {
  const [file, ...parameters] = [...enterUserNamespace, 'rm', '-rf', '--', directory]
  const stdio = Array.from({ length: mappingDescriptor }, () => 'ignore' as const)
  const child = spawn(file, parameters, { stdio: [...stdio, 'pipe'] })
  await mapIds(child, user, rangeMapping(user, searchPath))
  if (child.exitCode === null) await once(child, 'close')
}

/** Removes a directory of the home with everything in it. Throws `home-not-removed`. */
export const removeTree = async (directory: string, user: HostUser, searchPath: string): Promise<void> => {
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true })
  try {
    await remove()
  } catch (error) {
    if (errorCodeOf(error) !== 'EACCES' || user.isPrivileged) throw error
    await removeInNamespace(directory, user, searchPath)
    await remove().catch((cause: unknown) => {
      throw new CodedError(
        'home-not-removed',
        `${directory} holds files of other users: remove it with sudo rm -rf ${directory}`,
        { cause },
      )
    })
  }
}
