import { parse } from 'yaml'
import { allAnalyzers } from '../../analyze/all-analyzers.ts'
import { analyze as analyzeObjects, isAtLeast } from '../../analyze/analyze.ts'
import { kinds } from '../../analyze/kind-keys.ts'
import { createObjectSet } from '../../analyze/object-set.ts'
import type { AnalysisObject } from '../../analyze/object-set.ts'
import type { ManifestObject } from '../../manifests/manifest.ts'
import { isJsonObject } from '../../primitives/json-value.ts'
import type { JsonObject } from '../../primitives/json-value.ts'
import { readManifests, shownSources, usage } from '../analysis/analysis-inputs.ts'
import { readAnalyzeOptions } from '../analysis/analyze-options.ts'
import type { AnalyzeOptions, AnalyzeSettings } from '../analysis/analyze-options.ts'
import { liveMeshConfig, readClusterObjects, withFiles } from '../analysis/cluster-objects.ts'
import { readManifestSources } from '../analysis/manifest-sources.ts'
import type { ManifestSource } from '../analysis/manifest-sources.ts'
import { entryOfError, entryOfFinding } from '../analysis/report-entry.ts'
import { writeReport } from '../analyze-output/write-report.ts'
import type { CliContext } from '../cli-context.ts'
import { textTable } from '../text-table.ts'

const readMeshConfig = async (context: CliContext, file: string): Promise<JsonObject> => {
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

/** What `--mesh-config` names, else that of the running cluster, else Istio's defaults. */
const meshConfigOf = async (
  context: CliContext,
  { meshConfigFile }: AnalyzeSettings,
  live: readonly ManifestObject[],
): Promise<JsonObject> =>
  meshConfigFile === undefined ? liveMeshConfig(live) : readMeshConfig(context, meshConfigFile)

/** As istioctl: what has no namespace is everybody's, a Namespace its own. */
const isOf = (wanted: string | undefined, { key, name, namespace }: AnalysisObject): boolean => {
  const owner = key === kinds.namespace ? name : namespace
  return wanted === undefined || owner === '' || owner === wanted
}

const listAnalyzers = (): string =>
  textTable([['NAME', 'DESCRIPTION'], ...allAnalyzers.map(({ name, description }) => [name, description])])

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
  if (options.listAnalyzers === true) {
    context.out(listAnalyzers())
    return 0
  }
  const settings = readAnalyzeOptions(options, parameters)
  const { namespace, isLive, limit } = settings
  for (const code of settings.unknownCodes) {
    context.err(`Warning: --suppress ${code}: there is no such code, so it has no effect\n`)
  }
  const sources = await readSources(context, settings.files, options)
  const manifests = sources.map(readManifests)
  const defaultNamespace = namespace ?? 'default'
  const live = isLive ? await readClusterObjects(context) : []
  const written = manifests.flatMap(({ objects }) => objects)
  const set = createObjectSet(withFiles(live, written, defaultNamespace), {
    defaultNamespace,
    nameDefaultNamespace: isLive || namespace !== undefined,
    meshConfig: await meshConfigOf(context, settings, live),
    isComplete: isLive,
    now: Date.now(),
  })
  const findings = analyzeObjects(set, settings.suppressions, settings.analyzers).filter(({ subject }) =>
    isOf(namespace, subject),
  )
  const entries = [
    ...(options.ignoreUnknown === true ? [] : manifests.flatMap(({ errors }) => errors).map(entryOfError)),
    ...findings.map(entryOfFinding),
  ]
  const report = {
    entries: entries.filter(({ entry }) => isAtLeast(entry.level, settings.shown)),
    sources,
    version: context.version,
    color: context.color === true,
    nothingFound: `No validation issues found when analyzing ${shownSources(sources, isLive)}.`,
  }
  context.out(await writeReport(settings.format, report))
  return limit !== undefined && entries.some(({ entry }) => isAtLeast(entry.level, limit)) ? 1 : 0
}
