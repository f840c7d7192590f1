/** Volumes of pods: directories of the node that hold what configMaps, secrets and the downward API say. */
import { fail, ok, type Result } from '../../primitives/result.ts'
import type { ConfigMap } from '../../resources/core/config-map.ts'
import type { Secret } from '../../resources/core/secret.ts'
import type { DownwardApiFile, KeyToPath, Volume, VolumeProjection } from '../../resources/core/volume.ts'
import type { ClaimedVolumes } from './claim-volume.ts'
import { podField, resourceField, type EnvironmentSources } from '../pods/env-variables.ts'
import { tokenName } from './service-account-tokens.ts'

export interface VolumeFile {
  readonly content: Uint8Array
  readonly mode: number
}

/** By path below the volume's root. */
export type VolumeFiles = ReadonlyMap<string, VolumeFile>

export interface VolumeSources extends Pick<
  EnvironmentSources,
  'pod' | 'podIp' | 'hostIp' | 'nodeName' | 'configMaps' | 'secrets' | 'nodeCapacity'
> {
  /** Tokens of the pod's service account by `tokenName`. */
  readonly tokens: ReadonlyMap<string, Result<string, string>>
  readonly claims: ClaimedVolumes
}

type Files = Result<VolumeFiles, string>

const defaultFileMode = 0o644

const text = (value: string): Uint8Array => Buffer.from(value, 'utf8')

const configMapKeys = (object: ConfigMap): ReadonlyMap<string, Uint8Array> =>
  new Map([
    ...Object.entries(object.data ?? {}).map(([key, value]): [string, Uint8Array] => [key, text(value)]),
    ...Object.entries(object.binaryData ?? {}).map(([key, value]): [string, Uint8Array] => [
      key,
      Buffer.from(value, 'base64'),
    ]),
  ])

const secretKeys = (object: Secret): ReadonlyMap<string, Uint8Array> =>
  new Map(Object.entries(object.data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64')]))

interface KeySource {
  readonly kind: 'configmap' | 'secret'
  readonly name: string
  readonly keys: ReadonlyMap<string, Uint8Array> | undefined
  readonly items: readonly KeyToPath[] | undefined
  readonly optional: boolean
  readonly mode: number
}

const fromKeys = (source: KeySource): Files => {
  if (source.keys === undefined)
    return source.optional ? ok(new Map()) : fail(`${source.kind} "${source.name}" not found`)
  if (source.items === undefined || source.items.length === 0)
    return ok(new Map([...source.keys].map(([key, content]) => [key, { content, mode: source.mode }])))
  const files = new Map<string, VolumeFile>()
  for (const item of source.items) {
    const content = source.keys.get(item.key)
    if (content === undefined) {
      if (source.optional) continue
      return fail(
        `references non-existent ${source.kind === 'secret' ? 'secret' : 'config'} key: ${item.key}`,
      )
    }
    files.set(item.path, { content, mode: item.mode ?? source.mode })
  }
  return ok(files)
}

const fromDownwardApi = (
  items: readonly DownwardApiFile[] | undefined,
  mode: number,
  sources: VolumeSources,
): Files => {
  const files = new Map<string, VolumeFile>()
  for (const item of items ?? []) {
    const { pod } = sources
    const reference = item.resourceFieldRef
    const container = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].find(
      (each) => each.name === reference?.containerName,
    )
    const value =
      reference === undefined || container === undefined
        ? podField(item.fieldRef?.fieldPath ?? '', sources)
        : resourceField(reference, container, sources.nodeCapacity)
    if (value === undefined) return fail(`unsupported field of the downward API for ${item.path}`)
    files.set(item.path, { content: text(value), mode: item.mode ?? mode })
  }
  return ok(files)
}

const fromProjection = (projection: VolumeProjection, mode: number, sources: VolumeSources): Files => {
  if (projection.configMap !== undefined)
    return (
      volumeFiles({ name: '', configMap: { ...projection.configMap, defaultMode: mode } }, sources) ??
      ok(new Map())
    )
  if (projection.secret !== undefined) {
    const { name = '', ...rest } = projection.secret
    return (
      volumeFiles({ name: '', secret: { ...rest, secretName: name, defaultMode: mode } }, sources) ??
      ok(new Map())
    )
  }
  if (projection.downwardAPI !== undefined)
    return fromDownwardApi(projection.downwardAPI.items, mode, sources)
  if (projection.serviceAccountToken !== undefined) {
    const token =
      sources.tokens.get(tokenName(projection.serviceAccountToken)) ?? fail('no token was asked for')
    return token.ok
      ? ok(new Map([[projection.serviceAccountToken.path, { content: text(token.value), mode }]]))
      : fail(`failed to fetch token: ${token.error}`)
  }
  return ok(new Map())
}

const fromProjections = (
  projections: readonly VolumeProjection[],
  mode: number,
  sources: VolumeSources,
): Files => {
  const files = new Map<string, VolumeFile>()
  for (const projection of projections) {
    const part = fromProjection(projection, mode, sources)
    if (!part.ok) return part
    for (const [path, file] of part.value) files.set(path, file)
  }
  return ok(files)
}

/**
 * The files of a volume whose content comes from the API; undefined for other volumes. The error is what follows
 * `MountVolume.SetUp failed for volume "x" : `.
 */
export const volumeFiles = (volume: Volume, sources: VolumeSources): Files | undefined => {
  if (volume.configMap !== undefined) {
    const { name = '', items, optional = false, defaultMode = defaultFileMode } = volume.configMap
    const object = sources.configMaps.get(name)
    const keys = object === undefined ? undefined : configMapKeys(object)
    return fromKeys({ kind: 'configmap', name, keys, items, optional, mode: defaultMode })
  }
  if (volume.secret !== undefined) {
    const { secretName: name = '', items, optional = false, defaultMode = defaultFileMode } = volume.secret
    const object = sources.secrets.get(name)
    const keys = object === undefined ? undefined : secretKeys(object)
    return fromKeys({ kind: 'secret', name, keys, items, optional, mode: defaultMode })
  }
  if (volume.downwardAPI !== undefined)
    return fromDownwardApi(
      volume.downwardAPI.items,
      volume.downwardAPI.defaultMode ?? defaultFileMode,
      sources,
    )
  if (volume.projected !== undefined)
    return fromProjections(
      volume.projected.sources ?? [],
      volume.projected.defaultMode ?? defaultFileMode,
      sources,
    )
  return undefined
}

/** Whether a volume's content comes from the API: containers can only read it. */
export const hasFiles = ({ configMap, secret, downwardAPI, projected }: Volume): boolean =>
  [configMap, secret, downwardAPI, projected].some((source) => source !== undefined)

/** Whether a pod's volumes show its own fields, which may change. */
export const usesPodFields = (volumes: readonly Volume[]): boolean =>
  volumes.some(
    ({ downwardAPI, projected }) =>
      downwardAPI !== undefined ||
      projected?.sources?.some((each) => each.downwardAPI !== undefined) === true,
  )

/** ConfigMaps and Secrets that a pod's volumes name. */
export const volumeReferences = (
  volumes: readonly Volume[],
): { readonly configMaps: readonly string[]; readonly secrets: readonly string[] } => {
  const names = (values: readonly (string | undefined)[]): string[] => [
    ...new Set(values.filter((name) => name !== undefined)),
  ]
  const projections = volumes.flatMap((volume) => volume.projected?.sources ?? [])
  return {
    configMaps: names([
      ...volumes.map((volume) => volume.configMap?.name),
      ...projections.map((each) => each.configMap?.name),
    ]),
    secrets: names([
      ...volumes.map((volume) => volume.secret?.secretName),
      ...projections.map((each) => each.secret?.name),
    ]),
  }
}
