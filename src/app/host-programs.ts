import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** A program that the embedded cluster runs, and the Debian package that brings it. */
export interface ProgramRequirement {
  readonly program: string
  readonly debianPackage: string
  readonly purpose: string
}

export const requiredPrograms: readonly ProgramRequirement[] = [
  { program: 'nft', debianPackage: 'nftables', purpose: 'service addresses and traffic redirection' },
  { program: 'ip', debianPackage: 'iproute2', purpose: 'pod networks' },
  { program: 'unshare', debianPackage: 'util-linux', purpose: 'namespaces' },
  { program: 'nsenter', debianPackage: 'util-linux', purpose: 'namespaces' },
  { program: 'setpriv', debianPackage: 'util-linux', purpose: 'running containers as their user' },
  { program: 'mount', debianPackage: 'mount', purpose: 'volumes' },
]

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** A search path with the system's directories, which an ordinary user's own may lack (Debian: nft). */
export const systemSearchPath = (searchPath: string): string =>
  [...searchPath.split(delimiter), '/usr/sbin', '/sbin'].join(delimiter)

/** The full path of a program on the search path or in the system's directories. */
export const findProgram = (name: string, searchPath: string): string | undefined =>
  systemSearchPath(searchPath)
    .split(delimiter)
    .map((directory) => join(directory, name))
    .find(isExecutable)
