/** The mesh's configuration as users write it: the ConfigMap `istio` of the root namespace, live. */
import type { MeshSettings } from '../mesh/model/mesh-settings.ts'
import { objectAt, textAt, wholeOf } from '../mesh/translate/json-reader.ts'
import { translateMeshConfig } from '../mesh/translate/mesh-config.ts'
import { originOf } from '../mesh/translate/object-names.ts'
import type { KubeObject } from '../resources/kube-object.ts'

/** What happened to an object, for `kubectl describe`. */
export interface ObjectNote {
  readonly object: KubeObject
  readonly type: 'Normal' | 'Warning'
  /** One word in CamelCase. */
  readonly reason: string
  readonly message: string
}

export interface MeshConfig {
  /** The settings to use from now on, when `object` is the mesh's configuration and says something new. */
  readonly hear: (type: 'added' | 'modified' | 'deleted', object: KubeObject) => MeshSettings | undefined
  /** The proxies' words about what they refuse of it. */
  readonly refused: (message: string) => void
}

export const MESH_CONFIG_NAME = 'istio'

/** What cannot be read leaves the settings as they are. Remarks are told once per text. */
export const createMeshConfig = (base: MeshSettings, tell: (note: ObjectNote) => void): MeshConfig => {
  let known: string | undefined
  let last: KubeObject | undefined
  const warn = (reason: string, message: string): void => {
    if (last !== undefined) tell({ object: last, type: 'Warning', reason, message })
  }
  return {
    hear: (type, object) => {
      const { name, namespace } = object.metadata
      if (name !== MESH_CONFIG_NAME || namespace !== base.rootNamespace) return undefined
      last = type === 'deleted' ? undefined : object
      const text = type === 'deleted' ? '' : (textAt(objectAt(wholeOf(object), 'data'), 'mesh') ?? '')
      if (text === known) return undefined
      known = text
      const translated = translateMeshConfig(text, base)
      if (!translated.ok) {
        warn('InvalidMeshConfig', `${translated.error}; the last good configuration stays in use`)
        return undefined
      }
      for (const remark of translated.value.remarks) warn('UnsupportedMeshConfig', remark)
      return { ...translated.value.settings, origin: originOf(object) }
    },
    refused: (message) => warn('Rejected', `${message}; proxies keep what they had`),
  }
}
