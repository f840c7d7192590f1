import { isAtLeast } from '../../analyze/analyze.ts'
import { renamedValues } from '../../analyze/analyzers/renamed-values.ts'
import { schema } from '../../analyze/analyzers/schema.ts'
import { createObjectSet } from '../../analyze/object-set.ts'
import { readLimit, readManifests, shownSources } from '../analysis/analysis-inputs.ts'
import { readManifestSources } from '../analysis/manifest-sources.ts'
import { entryOfError, entryOfFinding } from '../analysis/report-entry.ts'
import type { PlacedEntry } from '../analysis/report-entry.ts'
import { readFormat, writeReport } from '../analyze-output/write-report.ts'
import type { CliContext } from '../cli-context.ts'

interface ValidateOptions {
  readonly output?: string
  readonly failOn?: string
}

const byPlace = (left: PlacedEntry, right: PlacedEntry): number =>
  left.line - right.line || left.entry.column - right.entry.column

/**
 * `weft validate FILE|DIR|-...`: every object alone against its schema and the rules of its kind, in the order of the
 * files. Exit codes: 0, or 1 for a finding of the level of --fail-on or worse, or 2 for wrong usage.
 */
export const validate = async (
  context: CliContext,
  parameters: readonly string[],
  options: ValidateOptions,
): Promise<number> => {
  const format = readFormat(options.output)
  const limit = readLimit(options.failOn ?? 'error')
  const sources = await readManifestSources(context, parameters)
  const entries = sources.flatMap((source) => {
    const { objects, errors } = readManifests(source)
    const set = createObjectSet(objects, { defaultNamespace: 'default' })
    const findings = [schema, renamedValues].flatMap((analyzer) => analyzer.analyze(set))
    return [...errors.map(entryOfError), ...findings.map(entryOfFinding)].sort(byPlace)
  })
  const nothingFound = `Every object of ${shownSources(sources)} is valid.`
  const color = context.color === true
  context.out(await writeReport(format, { entries, sources, version: context.version, color, nothingFound }))
  return limit !== undefined && entries.some(({ entry }) => isAtLeast(entry.level, limit)) ? 1 : 0
}
