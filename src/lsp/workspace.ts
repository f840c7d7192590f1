/** The manifests of a workspace: files of its folders, and the texts that are open in the editor instead of them. */
import { analyze } from '../analyze/analyze.ts'
import type { Finding } from '../analyze/finding.ts'
import { createObjectSet } from '../analyze/object-set.ts'
import type { ObjectSet } from '../analyze/object-set.ts'
import type { ManifestError, Manifests } from '../manifests/manifest.ts'
import { parseManifests } from '../manifests/parse-manifests.ts'

export interface Workspace {
  /** The file as it is on disk; undefined: it is gone. Addresses are URIs. */
  readonly setFile: (uri: string, text: string | undefined) => void
  /** The text that an editor shows; undefined: it is closed. */
  readonly setOpen: (uri: string, text: string | undefined) => void
  readonly textOf: (uri: string) => string | undefined
  readonly openUris: () => readonly string[]
  /** All objects of all manifests. */
  readonly objects: () => ObjectSet
  readonly findings: () => readonly Finding[]
  readonly errorsOf: (uri: string) => readonly ManifestError[]
}

/** Where objects without a namespace live: what kubectl takes without a configuration. */
const DEFAULT_NAMESPACE = 'default'

/** Other YAML than manifests lies beside them: it is no error that it has no apiVersion. */
const isOtherYaml = ({ message }: ManifestError): boolean =>
  message.startsWith('the object has no apiVersion') || message.startsWith('a manifest must be an object')

export const createWorkspace = (): Workspace => {
  const files = new Map<string, string>()
  const open = new Map<string, string>()
  const parsed = new Map<string, { readonly text: string; readonly manifests: Manifests }>()
  let set: ObjectSet | undefined
  let findings: readonly Finding[] | undefined

  const change = (texts: Map<string, string>, uri: string, text: string | undefined): void => {
    if (texts.get(uri) === text) return
    if (text === undefined) texts.delete(uri)
    else texts.set(uri, text)
    set = undefined
    findings = undefined
  }
  const textOf = (uri: string): string | undefined => open.get(uri) ?? files.get(uri)
  const manifestsOf = (uri: string): Manifests => {
    const text = textOf(uri) ?? ''
    const known = parsed.get(uri)
    if (known?.text === text) return known.manifests
    const manifests = parseManifests(text, uri)
    parsed.set(uri, { text, manifests })
    return manifests
  }
  const objects = (): ObjectSet => {
    set ??= createObjectSet(
      [...new Set([...files.keys(), ...open.keys()])].flatMap((uri) => manifestsOf(uri).objects),
      { defaultNamespace: DEFAULT_NAMESPACE },
    )
    return set
  }
  return {
    setFile: (uri, text) => change(files, uri, text),
    setOpen: (uri, text) => change(open, uri, text),
    textOf,
    openUris: () => [...open.keys()],
    objects,
    findings: () => (findings ??= analyze(objects())),
    errorsOf: (uri) => manifestsOf(uri).errors.filter((error) => !isOtherYaml(error)),
  }
}
