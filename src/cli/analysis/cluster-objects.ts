/** The objects of a running cluster, as manifests that were written nowhere. */
import { parseDocument } from 'yaml'
import { isApiError } from '../../machinery/api-error.ts'
import type { ManifestObject } from '../../manifests/manifest.ts'
import { isJsonObject } from '../../primitives/json-value.ts'
import type { JsonObject } from '../../primitives/json-value.ts'
import { allKinds } from '../../resources/all-kinds.ts'
import type { Kind } from '../../resources/kind.ts'
import type { CliContext } from '../cli-context.ts'
import { CLUSTER } from './cluster-source.ts'

/** What changes by itself all the time, and nothing analyzes. */
const UNREAD: ReadonlySet<string> = new Set(['Event', 'Lease'])

const written = (object: ManifestObject['object']): ManifestObject => ({
  object,
  source: CLUSTER,
  positionOf: () => ({ line: 1, column: 1 }),
})

/** Every object of the kinds that are analyzed. Kinds that the cluster does not serve are left out. */
export const readClusterObjects = async (context: CliContext): Promise<readonly ManifestObject[]> => {
  const client = await context.instance.connect()
  const listed = async ({ group, versions, plural }: Kind): Promise<readonly ManifestObject[]> => {
    try {
      const list = await client.list({ group, version: versions[0] ?? 'v1', plural }, {}, context.signal)
      return list.items.map(written)
    } catch (error) {
      if (isApiError(error, 404)) return []
      throw error
    }
  }
  try {
    return (await Promise.all(allKinds.filter(({ kind }) => !UNREAD.has(kind)).map(listed))).flat()
  } finally {
    client.close()
  }
}

const nameOf = ({ object }: ManifestObject, defaultNamespace: string): string => {
  const group = object.apiVersion.includes('/') ? object.apiVersion.replace(/\/.*$/, '') : ''
  return `${group} ${object.kind} ${object.metadata.namespace ?? defaultNamespace}/${object.metadata.name}`
}

/** The cluster as it would be with the files applied: an object of a file stands for the live one. */
export const withFiles = (
  live: readonly ManifestObject[],
  files: readonly ManifestObject[],
  defaultNamespace: string,
): readonly ManifestObject[] => {
  const replaced = new Set(files.map((file) => nameOf(file, defaultNamespace)))
  return [...live.filter((one) => !replaced.has(nameOf(one, defaultNamespace))), ...files]
}

/** The mesh configuration that a cluster runs with: the ConfigMap `istio` of Istio's namespace; empty without one. */
export const liveMeshConfig = (live: readonly ManifestObject[]): JsonObject => {
  const found = live.find(
    ({ object: { kind, metadata } }) =>
      kind === 'ConfigMap' && metadata.name === 'istio' && metadata.namespace === 'istio-system',
  )
  const whole: unknown = found?.object
  const data = isJsonObject(whole) ? whole['data'] : undefined
  const text = isJsonObject(data) ? data['mesh'] : undefined
  if (typeof text !== 'string') return {}
  // What cannot be read the control plane has refused too, and told in an event.
  const config: unknown = parseDocument(text).toJS()
  return isJsonObject(config) ? config : {}
}
