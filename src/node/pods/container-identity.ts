import type { Container } from '../../resources/core/container.ts'
import type { Pod } from '../../resources/core/pod.ts'
import type { Identity } from './start-script.ts'

/** What container runtimes grant by default (containerd, moby: `oci/defaults`). */
const defaultCapabilities = [
  'chown',
  'dac_override',
  'fowner',
  'fsetid',
  'kill',
  'mknod',
  'net_bind_service',
  'net_raw',
  'setfcap',
  'setgid',
  'setpcap',
  'setuid',
  'sys_chroot',
  'audit_write',
] as const

const capabilityName = (name: string): string => name.toLowerCase().replace(/^cap_/, '')

const boundingSet = (container: Container): readonly string[] | undefined => {
  const context = container.securityContext
  if (context?.privileged === true) return undefined
  const added = (context?.capabilities?.add ?? []).map(capabilityName)
  const dropped = (context?.capabilities?.drop ?? []).map(capabilityName)
  if (added.includes('all')) return undefined
  const base = dropped.includes('all') ? [] : defaultCapabilities.filter((name) => !dropped.includes(name))
  return [...new Set([...base, ...added])].toSorted()
}

/** What the node may do: as root everything; in a user namespace only with the ids mapped there. */
export interface NodeRights {
  /** False when the node is no root, not even of a user namespace. */
  readonly canDropCapabilities: boolean
  readonly isMappedUser: (uid: number) => boolean
  readonly isMappedGroup: (gid: number) => boolean
  /** False in a user namespace of one user (user_namespaces(7), /proc/PID/setgroups). */
  readonly canSetGroups: boolean
}

export interface IdentityDecision {
  readonly identity: Identity
  /** What was asked for and cannot be had here, such as `user 1000`. */
  readonly ignoredIds: readonly string[]
}

/** The user of the image's program, when neither pod nor container say one. */
export interface ImageUser {
  readonly uid: number
  readonly gid: number
}

interface WantedIds {
  readonly uid: number | undefined
  readonly gid: number | undefined
  readonly groups: readonly number[]
}

const wantedIds = (pod: Pod, container: Container, imageUser: ImageUser | undefined): WantedIds => {
  const [own, shared] = [container.securityContext ?? {}, pod.spec.securityContext ?? {}]
  const uid = own.runAsUser ?? shared.runAsUser ?? imageUser?.uid
  const imageGroup = uid === imageUser?.uid ? imageUser?.gid : undefined
  return {
    uid,
    gid: own.runAsGroup ?? shared.runAsGroup ?? imageGroup,
    groups: [...(shared.fsGroup === undefined ? [] : [shared.fsGroup]), ...(shared.supplementalGroups ?? [])],
  }
}

/** Who a container runs as: the container's securityContext before the pod's, before the image's. */
export const containerIdentity = (
  pod: Pod,
  container: Container,
  imageUser: ImageUser | undefined,
  rights: NodeRights,
): IdentityDecision => {
  const { uid, gid, groups } = wantedIds(pod, container, imageUser)
  const capabilities = rights.canDropCapabilities ? boundingSet(container) : undefined
  const base: Identity = {
    noNewPrivileges: container.securityContext?.allowPrivilegeEscalation === false,
    ...(capabilities === undefined ? {} : { capabilities }),
  }
  if (uid === undefined && gid === undefined && groups.length === 0) return { identity: base, ignoredIds: [] }
  // Without runAsGroup the primary group is 0, as in a container without an entry in /etc/passwd.
  const [realUid, realGid] = [uid ?? 0, gid ?? 0]
  const isHad = (group: number): boolean => rights.canSetGroups && rights.isMappedGroup(group)
  const ignoredIds = [
    ...(rights.isMappedUser(realUid) ? [] : [`user ${realUid}`]),
    ...(rights.isMappedGroup(realGid) ? [] : [`group ${realGid}`]),
    ...groups.filter((group) => !isHad(group)).map((group) => `group ${group}`),
  ]
  if (!rights.isMappedUser(realUid) || !rights.isMappedGroup(realGid)) return { identity: base, ignoredIds }
  const ids = { uid: realUid, gid: realGid, ...(rights.canSetGroups ? { groups: groups.filter(isHad) } : {}) }
  return { identity: { ...base, ...ids }, ignoredIds }
}

/** A message when `runAsNonRoot` forbids the identity (reason CreateContainerConfigError). */
export const rootForbidden = (pod: Pod, container: Container, identity: Identity): string | undefined => {
  const [own, shared] = [container.securityContext ?? {}, pod.spec.securityContext ?? {}]
  if (!(own.runAsNonRoot ?? shared.runAsNonRoot ?? false) || (identity.uid ?? 0) !== 0) return undefined
  const { name, namespace = 'default', uid = '' } = pod.metadata
  const where = `(pod: "${name}_${namespace}(${uid})", container: ${container.name})`
  return (own.runAsUser ?? shared.runAsUser) === 0
    ? `container's runAsUser breaks non-root policy ${where}`
    : `container has runAsNonRoot and image will run as root ${where}`
}
