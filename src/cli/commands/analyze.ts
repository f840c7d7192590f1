import { parse } from 'yaml'
import { analyze as analyzeObjects, isAtLeast } from '../../analyze/analyze.ts'
import { createObjectSet } from '../../analyze/object-set.ts'
import { parseSuppression } from '../../analyze/suppression.ts'
import type { Suppression } from '../../analyze/suppression.ts'
import { isJsonObject } from '../../primitives/json-value.ts'
import type { JsonObject } from '../../primitives/json-value.ts'
import { readLimit, readManifests, shownSources, usage } from '../analysis/analysis-inputs.ts'
import { readClusterObjects, withFiles } from '../analysis/cluster-objects.ts'
import { readManifestSources } from '../analysis/manifest-sources.ts'
import type { ManifestSource } from '../analysis/manifest-sources.ts'
import { entryOfError, entryOfFinding } from '../analysis/report-entry.ts'
import { readFormat, writeReport } from '../analyze-output/write-report.ts'
import type { CliContext } from '../cli-context.ts'

interface AnalyzeOptions {
  readonly output?: string
  readonly namespace?: string
  readonly suppress?: readonly string[]
  readonly failOn?: string
  readonly meshConfig?: string
  readonly withCluster?: boolean
  readonly fix?: boolean
}

const readSuppressions = (texts: readonly string[]): readonly Suppression[] =>
  texts.map((text) => {
    const suppression = parseSuppression(text)
    if (suppression.ok) return suppression.value
    throw usage(`--suppress ${suppression.error}`)
  })

const readMeshConfig = async (context: CliContext, file: string | undefined): Promise<JsonObject> => {
  if (file === undefined) return {}
  const [source] = await readManifestSources(context, [file])
  const config: unknown = parse(source?.text ?? '')
  if (isJsonObject(config)) return config
  throw usage(`--mesh-config ${file}: the file holds no mesh configuration`)
}

const readSources = async (
  context: CliContext,
  names: readonly string[],
  { fix }: AnalyzeOptions,
): Promise<readonly ManifestSource[]> => {
  const sources = await readManifestSources(context, names)
  if (fix !== true) return sources
  const { fixSources } = await import('../analysis/fix-sources.ts')
  return fixSources(context, sources)
}

/**
 * `weft analyze [FILE|DIR|-...]`: what Istio would refuse and what will not do what its author means, without a cluster;
 * without files, or with --with-cluster, in the running one.
 * Exit codes: 0, or 1 for a finding of the level of --fail-on or worse, or 2 for wrong usage.
 */
export const analyze = async (
  context: CliContext,
  parameters: readonly string[],
  options: AnalyzeOptions,
): Promise<number> => {
  const format = readFormat(options.output)
  const limit = readLimit(options.failOn ?? 'error')
  const suppressions = readSuppressions(options.suppress ?? [])
  const meshConfig = await readMeshConfig(context, options.meshConfig)
  const sources = await readSources(context, parameters, options)
  const manifests = sources.map(readManifests)
  const isLive = options.withCluster === true || parameters.length === 0
  const defaultNamespace = options.namespace ?? 'default'
  const live = isLive ? await readClusterObjects(context) : []
  const written = manifests.flatMap(({ objects }) => objects)
  const set = createObjectSet(withFiles(live, written, defaultNamespace), {
    defaultNamespace,
    nameDefaultNamespace: isLive || options.namespace !== undefined,
    meshConfig,
    isComplete: isLive,
    now: Date.now(),
  })
  const findings = analyzeObjects(set, suppressions).filter(
    ({ subject: { key, name, namespace } }) =>
      options.namespace === undefined || (key === '/Namespace' ? name : namespace) === options.namespace,
  )
  const entries = [
    ...manifests.flatMap(({ errors }) => errors).map(entryOfError),
    ...findings.map(entryOfFinding),
  ]
  const report = {
    entries,
    sources,
    version: context.version,
    color: context.color === true,
    nothingFound: `No validation issues found when analyzing ${shownSources(sources, isLive)}.`,
  }
  context.out(await writeReport(format, report))
  return limit !== undefined && entries.some(({ entry }) => isAtLeast(entry.level, limit)) ? 1 : 0
}
