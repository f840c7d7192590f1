import { readFileSync } from 'node:fs'
import { parseAllDocuments } from 'yaml'
import { isJsonObject } from '../../../primitives/json-value.ts'
import type { KubeObject } from '../../../resources/kube-object.ts'
import { translateMesh } from '../../../mesh/translate/mesh-state.ts'
import { DEFAULT_SETTINGS, type MeshState } from '../../../mesh/view/proxy-view.ts'

export const objectsOfText = (text: string): readonly KubeObject[] =>
  parseAllDocuments(text)
    .map((document): unknown => document.toJS())
    .filter((value) => isJsonObject(value))
    .map((value) => {
      const object = value as unknown as KubeObject
      return { ...object, metadata: { ...object.metadata, namespace: object.metadata.namespace ?? 'default' } }
    })

export const meshOfObjects = (objects: readonly KubeObject[]): MeshState => ({
  settings: DEFAULT_SETTINGS,
  ...translateMesh(objects, DEFAULT_SETTINGS.domain),
})

export const meshOfText = (text: string): MeshState => meshOfObjects(objectsOfText(text))

/** The mesh of files of this folder, as if all were applied. */
export const meshOfFiles = (...files: readonly string[]): MeshState =>
  meshOfText(files.map((file) => readFileSync(new URL(file, import.meta.url), 'utf8')).join('\n---\n'))
