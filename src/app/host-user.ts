import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'

/** Who runs this command, and whether the kernel lets them make namespaces as they are. */
export interface HostUser {
  readonly uid: number
  readonly gid: number
  /** Undefined for a user that no database knows. */
  readonly name: string | undefined
  /** Has what the instance needs (capabilities(7): CAP_NET_ADMIN, CAP_SYS_ADMIN); others live in a user namespace. */
  readonly isPrivileged: boolean
}

const nameOfUser = (): string | undefined => {
  try {
    return userInfo().username
  } catch {
    return undefined
  }
}

const NEEDED = (1n << 12n) | (1n << 21n) // CAP_NET_ADMIN, CAP_SYS_ADMIN

/** `status`: the text of /proc/PID/status. */
export const hasNeededCapabilities = (status: string): boolean => {
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`)
  return (effective & NEEDED) === NEEDED
}

export const currentUser = (): HostUser => ({
  uid: process.geteuid?.() ?? 0,
  gid: process.getegid?.() ?? 0,
  name: nameOfUser(),
  isPrivileged: hasNeededCapabilities(readFileSync('/proc/self/status', 'utf8')),
})
