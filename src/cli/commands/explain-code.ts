import { allAnalyzers } from '../../analyze/all-analyzers.ts'
import { catalogue, findCatalogueEntry } from '../../analyze/catalogue.ts'
import type { CatalogueEntry } from '../../analyze/catalogue.ts'
import { CodedError } from '../../primitives/coded-error.ts'
import { didYouMean } from '../../resources/did-you-mean.ts'
import type { CliContext } from '../cli-context.ts'
import { textTable } from '../text-table.ts'

const reportersOf = ({ code }: CatalogueEntry): readonly string[] =>
  code === 'WFT0001'
    ? ['Reading manifests']
    : allAnalyzers
        .filter(({ codes }) => codes.includes(code))
        .map(({ name, description }) => `${name}: ${description}`)

const describe = (entry: CatalogueEntry): string => {
  const reporters = reportersOf(entry)
  return [
    `${entry.code} ${entry.name} (${entry.level})`,
    '',
    entry.description,
    `Fix: ${entry.remedy}`,
    '',
    `Message: ${entry.template}`,
    ...(reporters.length === 0
      ? ['Weft does not report it.']
      : reporters.map((reporter) => `Reported by: ${reporter}`)),
    ...(entry.documentationUrl === undefined ? [] : [`Documentation: ${entry.documentationUrl}`]),
    '',
  ].join('\n')
}

/** `weft explain-code [CODE]`: one entry of the catalogue, or the table of all. */
export const explainCode = async (
  context: CliContext,
  parameters: readonly string[],
  options: { readonly output?: string },
): Promise<number> => {
  const [code] = parameters
  const isJson = options.output === 'json'
  if (code === undefined) {
    const rows = catalogue().map(({ code: one, level, name }) => [one, level, name])
    context.out(
      isJson
        ? `${JSON.stringify(catalogue(), undefined, 2)}\n`
        : textTable([['CODE', 'LEVEL', 'NAME'], ...rows]),
    )
    return 0
  }
  const entry = findCatalogueEntry(code)
  if (entry === undefined) {
    const known = catalogue().map((one) => one.code)
    const meant = didYouMean(code, known)
    throw new CodedError(
      'code-unknown',
      `there is no code ${code}; ${meant === undefined ? '' : `did you mean ${meant}? `}\`weft explain-code\` lists all`,
    )
  }
  context.out(isJson ? `${JSON.stringify(entry, undefined, 2)}\n` : describe(entry))
  return 0
}
