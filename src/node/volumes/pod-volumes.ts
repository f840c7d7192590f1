import { chmod, chown, mkdir, stat, writeFile } from 'node:fs/promises'
import { join, normalize } from 'node:path'
import { messageOf } from '../../primitives/coded-error.ts'
import { fail, ok, type Result } from '../../primitives/result.ts'
import type { Container, VolumeMount } from '../../resources/core/container.ts'
import type { Volume } from '../../resources/core/volume.ts'
import { expandReferences } from '../pods/env-variables.ts'
import type { WantedMount } from '../pods/root-plan.ts'
import { writeAtomicDirectory } from './atomic-directory.ts'
import { volumeFiles, type VolumeSources } from './volume-files.ts'

export interface VolumePlace {
  /** pods/<uid>/volumes in the home. */
  readonly directory: string
  /** Unique per call: names the new generation of files. */
  readonly generation: string
}

/** Kinds of volumes that have no meaning here yet, by field name. */
const unsupported = (volume: Volume): string => {
  const kind = Object.keys(volume).find((key) => key !== 'name') ?? 'none'
  return `volumes of type ${kind} are not supported: use emptyDir, configMap, secret, downwardAPI, projected or hostPath`
}

const setUpEmptyDir = async (directory: string, fsGroup: number | undefined): Promise<void> => {
  await mkdir(directory, { recursive: true })
  await chmod(directory, fsGroup === undefined ? 0o777 : 0o2777)
  // In a user namespace the group may not be there; the mode lets everybody in anyway.
  if (fsGroup !== undefined) await chown(directory, 0, fsGroup).catch(() => undefined)
}

const setUpHostPath = async (volume: Volume): Promise<Result<string, string>> => {
  const { path = '/', type = '' } = volume.hostPath ?? {}
  const found = await stat(path).catch(() => undefined)
  if (found === undefined)
    return fail(`hostPath type check failed: ${path} does not exist; make it on the host first`)
  if (type === 'Directory' && !found.isDirectory())
    return fail(`hostPath type check failed: ${path} is not a directory`)
  if (type === 'File' && !found.isFile()) return fail(`hostPath type check failed: ${path} is not a file`)
  return ok(path)
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
    if (volume.emptyDir !== undefined) {
      await setUpEmptyDir(directory, sources.pod.spec.securityContext?.fsGroup)
      return ok(directory)
    }
    if (volume.hostPath !== undefined) {
      const path = await setUpHostPath(volume)
      return path.ok ? path : failure(path.error)
    }
    const files = volumeFiles(volume, sources)
    if (files === undefined) return failure(unsupported(volume))
    if (!files.ok) return failure(files.error)
    await writeAtomicDirectory(directory, files.value, place.generation)
    return ok(directory)
  } catch (error) {
    return failure(messageOf(error))
  }
}

const isInside = (path: string): boolean => !path.startsWith('/') && !normalize(path).startsWith('..')

const mountOf = async (
  mount: VolumeMount,
  source: string,
  subPath: string,
  isReadOnlyVolume: boolean,
): Promise<Result<WantedMount, string>> => {
  if (!isInside(subPath)) return fail(`subPath ${JSON.stringify(subPath)} must stay within the volume`)
  const path = join(source, subPath)
  let found = await stat(path).catch(() => undefined)
  if (found === undefined && !isReadOnlyVolume) {
    await mkdir(path, { recursive: true })
    found = await stat(path)
  }
  if (found === undefined) return fail(`failed to prepare subPath for volumeMount "${mount.name}"`)
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
    const isReadOnly = volume.emptyDir === undefined && volume.hostPath === undefined
    const placed = await mountOf(mount, source, subPath, isReadOnly)
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
