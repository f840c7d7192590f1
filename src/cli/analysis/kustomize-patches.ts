/** Patches of kustomize: parts of objects, which are no objects until `kustomize build` has put them together. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { isJsonObject } from '../../primitives/json-value.ts'

const KUSTOMIZATIONS: ReadonlySet<string> = new Set([
  'kustomization.yaml',
  'kustomization.yml',
  'Kustomization',
])

const FIELDS = ['patches', 'patchesJson6902', 'patchesStrategicMerge'] as const

/** Patches may also be written in place. */
const isFileName = (text: string): boolean => !text.includes('\n')

/** The files that a list of patches names: as texts themselves, or as the `path` of each. */
const namedIn = (list: unknown): readonly string[] =>
  (Array.isArray(list) ? list : []).flatMap((patch: unknown) => {
    const name = isJsonObject(patch) ? patch['path'] : patch
    return typeof name === 'string' && isFileName(name) ? [name] : []
  })

const patchesIn = (text: string): readonly string[] =>
  parseAllDocuments(text).flatMap((document) => {
    const kustomization: unknown = document.errors.length > 0 ? undefined : document.toJS()
    return isJsonObject(kustomization) ? FIELDS.flatMap((field) => namedIn(kustomization[field])) : []
  })

/** The paths of the patches that the kustomization among the files of a directory names; none without one. */
export const kustomizePatches = async (
  directory: string,
  names: readonly string[],
): Promise<readonly string[]> => {
  const found = names.find((name) => KUSTOMIZATIONS.has(name))
  if (found === undefined) return []
  const text = await readFile(join(directory, found), 'utf8')
  return patchesIn(text).map((patch) => join(directory, patch))
}
