import { chmod, mkdir, realpath, stat, writeFile } from 'node:fs/promises'
import { join, normalize } from 'node:path'
import { messageOf } from '../../primitives/coded-error.ts'
import { fail, ok, type Result } from '../../primitives/result.ts'
import type { Container, VolumeMount } from '../../resources/core/container.ts'
import type { Volume } from '../../resources/core/volume.ts'
import { expandReferences } from '../pods/env-variables.ts'
import type { WantedMount } from '../pods/root-plan.ts'
import { writeAtomicDirectory } from './atomic-directory.ts'
import { setUpClaim } from './claim-volume.ts'
import { setUpEmptyDir } from './empty-dir.ts'
import { setUpHostPath } from './host-path.ts'
import { hasFiles, volumeFiles, type VolumeFiles, type VolumeSources } from './volume-files.ts'

export interface VolumePlace {
  /** pods/<uid>/volumes in the home. */
  readonly directory: string
  /** Unique per call: names the new generation of files. */
  readonly generation: string
}

/** Kinds of volumes that have no meaning here yet, by field name. */
const unsupported = (volume: Volume): string => {
  const kind = Object.keys(volume).find((key) => key !== 'name') ?? 'none'
  return `volumes of type ${kind} are not supported: use emptyDir, configMap, secret, downwardAPI, projected, hostPath or persistentVolumeClaim`
}

/** Files of a pod with an fsGroup are its group's too, as a kubelet makes read-only volumes. */
const forGroup = (files: VolumeFiles): VolumeFiles =>
  new Map([...files].map(([path, file]) => [path, { ...file, mode: file.mode | 0o440 }]))

const make = async (
  volume: Volume,
  { directory, generation }: VolumePlace,
  sources: VolumeSources,
): Promise<Result<string, string>> => {
  const fsGroup = sources.pod.spec.securityContext?.fsGroup
  if (volume.emptyDir !== undefined) return setUpEmptyDir(directory, volume.emptyDir, fsGroup)
  if (volume.hostPath !== undefined) return setUpHostPath(volume.hostPath)
  const claim = volume.persistentVolumeClaim
  if (claim !== undefined) return setUpClaim(claim.claimName, sources.claims)
  const files = volumeFiles(volume, sources)
  if (files === undefined) return fail(unsupported(volume))
  if (!files.ok) return files
  if (fsGroup === undefined) await writeAtomicDirectory(directory, files.value, { generation })
  else await writeAtomicDirectory(directory, forGroup(files.value), { generation, group: fsGroup })
  return ok(directory)
}

/**
 * Makes a volume or brings its files up to date; gives where it lies on the host. The error is Kubernetes' message
 * `MountVolume.SetUp failed ...`.
 */
export const setUpVolume = async (
  volume: Volume,
  place: VolumePlace,
  sources: VolumeSources,
): Promise<Result<string, string>> => {
  const failure = (message: string): Result<string, string> =>
    fail(`MountVolume.SetUp failed for volume "${volume.name}" : ${message}`)
  const directory = join(place.directory, volume.name)
  try {
    const made = await make(volume, { ...place, directory }, sources)
    return made.ok ? made : failure(made.error)
  } catch (error) {
    return failure(messageOf(error))
  }
}

const isInside = (path: string): boolean => !path.startsWith('/') && !normalize(path).startsWith('..')

const leadsInside = async (path: string, volume: string): Promise<boolean> => {
  const [real, root] = await Promise.all([realpath(path), realpath(volume)])
  return real === root || real.startsWith(`${root}/`)
}

/** A directory with the mode of the volume's own, so that whoever writes there writes here. */
const makeLike = async (path: string, volume: string): Promise<void> => {
  await mkdir(path, { recursive: true })
  if (await leadsInside(path, volume)) await chmod(path, (await stat(volume)).mode & 0o7777)
}

interface MountSource {
  readonly container: string
  /** Where the volume lies. */
  readonly source: string
  readonly isReadOnlyVolume: boolean
}

const mountOf = async (
  mount: VolumeMount,
  subPath: string,
  { container, source, isReadOnlyVolume }: MountSource,
): Promise<Result<WantedMount, string>> => {
  if (!isInside(subPath)) return fail(`subPath ${JSON.stringify(subPath)} must stay within the volume`)
  const path = join(source, subPath)
  if (!isReadOnlyVolume && (await stat(path).catch(() => undefined)) === undefined)
    await makeLike(path, source)
  const found = await stat(path).catch(() => undefined)
  // A link in the volume may lead anywhere on the host.
  if (found === undefined || !(await leadsInside(path, source)))
    return fail(`failed to prepare subPath for volumeMount "${mount.name}" of container "${container}"`)
  return ok({
    source: path,
    path: mount.mountPath.startsWith('/') ? mount.mountPath : `/${mount.mountPath}`,
    kind: found.isDirectory() ? 'directory' : 'file',
    readOnly: isReadOnlyVolume || mount.readOnly === true,
  })
}

/** The mounts of a container, from its volumeMounts and where the pod's volumes lie. */
export const containerMounts = async (
  container: Container,
  volumes: readonly Volume[],
  paths: ReadonlyMap<string, string>,
  variables: Readonly<Record<string, string>>,
): Promise<Result<readonly WantedMount[], string>> => {
  const mounts: WantedMount[] = []
  for (const mount of container.volumeMounts ?? []) {
    const volume = volumes.find((each) => each.name === mount.name)
    const source = paths.get(mount.name)
    if (volume === undefined || source === undefined) return fail(`no volume "${mount.name}" in the pod`)
    const subPath = mount.subPath ?? expandReferences(mount.subPathExpr ?? '', variables)
    const isReadOnlyVolume = hasFiles(volume) || volume.persistentVolumeClaim?.readOnly === true
    const placed = await mountOf(mount, subPath, { container: container.name, source, isReadOnlyVolume })
    if (!placed.ok) return placed
    mounts.push(placed.value)
  }
  return ok(mounts)
}

/** A file of the pod itself, e.g. /etc/hosts; containers share it. */
export const writePodFile = async (path: string, text: string): Promise<void> => {
  await writeFile(path, text, { mode: 0o644 })
  await chmod(path, 0o644)
}
