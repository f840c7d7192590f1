/** What `weft analyze` and `weft validate` are given, read. */
import type { Level } from '../../analyze/catalogue/message-row.ts'
import type { ManifestError, Manifests } from '../../manifests/manifest.ts'
import { parseManifests } from '../../manifests/parse-manifests.ts'
import { CodedError } from '../../primitives/coded-error.ts'
import type { ManifestSource } from './manifest-sources.ts'
import { completeRepair } from '../../analyze/repair-text.ts'

const LEVELS: readonly Level[] = ['Error', 'Warning', 'Info']

export const usage = (message: string): CodedError => new CodedError('wrong-usage', message)

const findLevel = (text: string): Level | undefined =>
  LEVELS.find((known) => known.toLowerCase() === text.toLowerCase())

/** A level as istioctl takes it, in letters of either case. Throws CodedError `wrong-usage`. */
export const readLevel = (option: string, text: string): Level => {
  const level = findLevel(text)
  if (level !== undefined) return level
  throw usage(`${option} ${text}: write Info, Warning or Error`)
}

/** The level from which on the exit code is 1; undefined for `never`. */
export const readLimit = (text: string): Level | undefined => {
  const level = findLevel(text)
  if (level !== undefined || text === 'never') return level
  throw usage(`--fail-on ${text}: write error, warning, info or never`)
}

const TEMPLATE_ACTION = '{{'

/** Templates of Helm lie in many directories: one word about each, instead of one about each of their lines. */
const templateError = (text: string, source: string): ManifestError => {
  const before = text.slice(0, text.indexOf(TEMPLATE_ACTION)).split('\n')
  const column = (before.at(-1) ?? '').length + 1
  const message = 'this is a template and no YAML; render it first, e.g. with "helm template"'
  return { source, line: before.length, column, message }
}

const INCOMPLETE = /^the object has no (?:apiVersion|kind)/

/** Values, charts, data and package files have neither kind nor apiVersion, or one of them alone. */
const isAboutManifest = (text: string, message: string): boolean =>
  !INCOMPLETE.test(message) && /\b(?:apiVersion|kind)\b/.test(text)

/**
 * The objects and errors of a source, each error with the lines that --fix would write. A directory may hold other
 * files too: what is no object of Kubernetes is only wrong where it was named.
 */
export const readManifests = ({ name, text, isNamed }: ManifestSource): Manifests => {
  const { objects, errors } = parseManifests(text, name)
  const said = isNamed ? errors : errors.filter(({ message }) => isAboutManifest(text, message))
  if (said.some(({ message }) => !INCOMPLETE.test(message)) && text.includes(TEMPLATE_ACTION)) {
    return { objects, errors: [templateError(text, name)] }
  }
  return {
    objects,
    errors: said.map((error) =>
      error.repair === undefined ? error : { ...error, repair: completeRepair(text, error.repair) },
    ),
  }
}

/** What was looked at, in a few words. */
export const shownSources = (sources: readonly ManifestSource[], isLive = false): string => {
  const files = sources.length === 1 ? (sources[0]?.name ?? '') : `${sources.length} files`
  if (!isLive) return files
  return sources.length === 0 ? 'the cluster' : `${files} and the cluster`
}
