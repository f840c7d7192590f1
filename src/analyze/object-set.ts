/** The objects that are analyzed together: found by kind and by name, each with where it was written. */
import type { ManifestObject } from '../manifests/manifest.ts'
import { specOf, textAt, textMapAt, wholeOf } from '../mesh/translate/json-reader.ts'
import { isJsonObject } from '../primitives/json-value.ts'
import type { JsonObject } from '../primitives/json-value.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import { groupBy } from './group-by.ts'
import { CLUSTER_SCOPED, kindKey } from './kind-keys.ts'

export interface AnalysisObject {
  /** `group/kind`. */
  readonly key: string
  readonly kind: string
  readonly name: string
  /** Where it lives: as written, else the set's default; empty for kinds without namespaces. */
  readonly namespace: string
  /** `namespace/name`, or the name alone where no namespace was written: what messages call it. */
  readonly fullName: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly spec: JsonObject
  readonly object: KubeObject
  readonly manifest: ManifestObject
}

export interface ObjectSetOptions {
  /** Where objects without a namespace live. */
  readonly defaultNamespace: string
  /** Namespaced objects without a namespace are called `namespace/name` too. */
  readonly nameDefaultNamespace?: boolean
  /** Istio's mesh configuration; absent fields mean Istio's defaults. */
  readonly meshConfig?: JsonObject
  /** All objects of a cluster are here: what is absent does not exist. Else an absent kind is unknown. */
  readonly isComplete?: boolean
  /** Milliseconds since the epoch, for the validity of certificates; absent: not checked. */
  readonly now?: number
}

export interface ObjectSet {
  /** Every object, also those that a later one of the same name replaces. */
  readonly objects: readonly AnalysisObject[]
  readonly meshConfig: JsonObject
  readonly rootNamespace: string
  readonly now: number | undefined
  readonly isComplete: boolean
  /** The objects of a kind, one of each name. */
  readonly of: (key: string) => readonly AnalysisObject[]
  readonly find: (key: string, namespace: string, name: string) => AnalysisObject | undefined
  /** `name` or `namespace/name`, seen from `namespace`. */
  readonly findReference: (key: string, namespace: string, reference: string) => AnalysisObject | undefined
  /** True for an object that other files define otherwise: which of them will be applied is not known. */
  readonly isAmbiguous: (one: AnalysisObject) => boolean
  /** False when the set has no object of the kind and need not have: nothing can be said of what is missing. */
  readonly knows: (key: string) => boolean
}

/** Kubernetes' own namespaces, where Istio looks at nothing. */
const IGNORED_NAMESPACES: ReadonlySet<string> = new Set([
  'kube-system',
  'kube-public',
  'kube-node-lease',
  'local-path-storage',
])

const isText = (value: unknown): value is string => typeof value === 'string'

const readObject = (manifest: ManifestObject, options: ObjectSetOptions): AnalysisObject => {
  const { object } = manifest
  const metadata: unknown = wholeOf(object)['metadata']
  const meta = isJsonObject(metadata) ? metadata : {}
  const key = kindKey(object.apiVersion, object.kind)
  const name = isText(meta['name']) ? meta['name'] : ''
  const written = isText(meta['namespace']) && !CLUSTER_SCOPED.has(key) ? meta['namespace'] : ''
  const namespace = written === '' && !CLUSTER_SCOPED.has(key) ? options.defaultNamespace : written
  const shown = options.nameDefaultNamespace === true ? namespace : written
  return {
    key,
    kind: object.kind,
    name,
    namespace,
    fullName: shown === '' ? name : `${shown}/${name}`,
    labels: textMapAt(meta, 'labels'),
    annotations: textMapAt(meta, 'annotations'),
    spec: specOf(object),
    object,
    manifest,
  }
}

const isIgnored = ({ key, name, namespace }: AnalysisObject): boolean =>
  IGNORED_NAMESPACES.has(key === '/Namespace' ? name : namespace)

const ROOT_NAMESPACE = 'istio-system'

export const createObjectSet = (
  manifests: readonly ManifestObject[],
  options: ObjectSetOptions,
): ObjectSet => {
  const objects = manifests.map((manifest) => readObject(manifest, options)).filter((one) => !isIgnored(one))
  // The later of two objects of one name replaces the earlier, as applying both would.
  const nameOf = ({ key, namespace, name }: AnalysisObject): string => `${key} ${namespace}/${name}`
  const byName = new Map(objects.map((one) => [nameOf(one), one]))
  const repeated = new Set(objects.filter((one) => byName.get(nameOf(one)) !== one).map(nameOf))
  const byKind = groupBy([...byName.values()], ({ key }) => key)
  const find: ObjectSet['find'] = (key, namespace, name) => byName.get(`${key} ${namespace}/${name}`)
  const meshConfig = options.meshConfig ?? {}
  return {
    objects,
    meshConfig,
    rootNamespace: textAt(meshConfig, 'rootNamespace') ?? ROOT_NAMESPACE,
    now: options.now,
    isComplete: options.isComplete === true,
    of: (key) => byKind.get(key) ?? [],
    find,
    findReference: (key, namespace, reference) => {
      const slash = reference.indexOf('/')
      return slash === -1
        ? find(key, namespace, reference)
        : find(key, reference.slice(0, slash), reference.slice(slash + 1))
    },
    isAmbiguous: (one) => repeated.has(nameOf(one)),
    knows: (key) => options.isComplete === true || byKind.has(key),
  }
}
