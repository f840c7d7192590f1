/** The options of `weft analyze`, with those of `istioctl analyze` under their names there. */
import { allAnalyzers } from '../../analyze/all-analyzers.ts'
import type { Analyzer } from '../../analyze/analyzer.ts'
import { findCatalogueEntry } from '../../analyze/catalogue.ts'
import type { Level } from '../../analyze/catalogue/message-row.ts'
import { parseSuppression } from '../../analyze/suppression.ts'
import type { Suppression } from '../../analyze/suppression.ts'
import { didYouMean } from '../../resources/did-you-mean.ts'
import { readFormat } from '../analyze-output/write-report.ts'
import type { ReportFormat } from '../analyze-output/write-report.ts'
import { readLevel, readLimit, usage } from './analysis-inputs.ts'

/** As commander gives them. */
export interface AnalyzeOptions {
  readonly output?: string
  readonly namespace?: string
  readonly allNamespaces?: boolean
  readonly suppress?: readonly string[]
  readonly failOn?: string
  readonly failureThreshold?: string
  readonly outputThreshold?: string
  readonly meshConfig?: string
  readonly meshConfigFile?: string
  readonly withCluster?: boolean
  readonly useKube?: string | boolean
  readonly analyzer?: readonly string[]
  readonly listAnalyzers?: boolean
  readonly ignoreUnknown?: boolean
  readonly fix?: boolean
}

export interface AnalyzeSettings {
  readonly files: readonly string[]
  readonly format: ReportFormat
  /** The exit code is 1 from this level on; undefined: never. */
  readonly limit: Level | undefined
  /** What is less than this is not shown. */
  readonly shown: Level
  readonly suppressions: readonly Suppression[]
  /** Codes that are suppressed, but do not exist. */
  readonly unknownCodes: readonly string[]
  readonly meshConfigFile: string | undefined
  readonly namespace: string | undefined
  readonly isLive: boolean
  readonly analyzers: readonly Analyzer[]
}

const readSuppression = (text: string): Suppression => {
  const suppression = parseSuppression(text)
  if (suppression.ok) return suppression.value
  throw usage(`--suppress ${suppression.error}`)
}

const readAnalyzers = (names: readonly string[]): readonly Analyzer[] => {
  if (names.length === 0) return allAnalyzers
  return names.flatMap((wanted) => {
    const found = allAnalyzers.filter(({ name }) => name.toLowerCase() === wanted.toLowerCase())
    if (found.length > 0) return found
    const meant = didYouMean(
      wanted,
      allAnalyzers.map(({ name }) => name),
    )
    const hint = meant === undefined ? '`weft analyze --list-analyzers` lists them' : `did you mean ${meant}?`
    throw usage(`--analyzer ${wanted}: there is no such analyzer; ${hint}`)
  })
}

interface UseKube {
  readonly isWanted: boolean | undefined
  /** A file behind the switch, which commander takes for its value. */
  readonly files: readonly string[]
}

/** `--use-kube`, `--use-kube=true`, `-k=false` or `-k FILE`. */
const readUseKube = (value: string | boolean | undefined): UseKube => {
  if (value === undefined || typeof value === 'boolean') return { isWanted: value, files: [] }
  // Commander leaves the equals sign of `-k=false` in the value.
  const plain = value.replace(/^=/, '').toLowerCase()
  return plain === 'true' || plain === 'false'
    ? { isWanted: plain === 'true', files: [] }
    : { isWanted: true, files: [value] }
}

/** `parameters`: the files that are named. Throws CodedError `wrong-usage` for a value that there is not. */
export const readAnalyzeOptions = (
  options: AnalyzeOptions,
  parameters: readonly string[],
): AnalyzeSettings => {
  const suppressions = (options.suppress ?? []).map(readSuppression)
  const useKube = readUseKube(options.useKube)
  const files = [...useKube.files, ...parameters]
  const hasFiles = files.length > 0
  if (useKube.isWanted === false && !hasFiles) throw usage('--use-kube=false: name the files to analyze')
  return {
    files,
    format: readFormat(options.output === 'log' ? 'text' : options.output),
    limit:
      options.failOn === undefined && options.failureThreshold !== undefined
        ? readLevel('--failure-threshold', options.failureThreshold)
        : readLimit(options.failOn ?? 'error'),
    shown: readLevel('--output-threshold', options.outputThreshold ?? 'info'),
    suppressions,
    unknownCodes: suppressions
      .map(({ code }) => code)
      .filter((code) => code !== '*' && findCatalogueEntry(code) === undefined),
    meshConfigFile: options.meshConfig ?? options.meshConfigFile,
    namespace: options.allNamespaces === true ? undefined : options.namespace,
    isLive: useKube.isWanted ?? (options.withCluster === true || !hasFiles),
    analyzers: readAnalyzers(options.analyzer ?? []),
  }
}
