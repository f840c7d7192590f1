/** Workflow commands of GitHub Actions: each finding becomes an annotation beside its line. */
import type { Level } from '../../analyze/catalogue/message-row.ts'
import { CLUSTER } from '../analysis/cluster-source.ts'
import type { PlacedEntry } from '../analysis/report-entry.ts'

const COMMANDS: Readonly<Record<Level, string>> = { Error: 'error', Warning: 'warning', Info: 'notice' }

const escaped = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')

/** Values of properties also end at colons and commas. */
const property = (text: string): string => escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C')

export const githubReport = ({ entries }: { readonly entries: readonly PlacedEntry[] }): string =>
  entries
    .map(({ entry, source, line }) => {
      const place = [
        ...(source === '-' || source === CLUSTER ? [] : [`file=${property(source)}`]),
        ...(source === CLUSTER ? [] : [`line=${line}`, `col=${entry.column}`]),
        `title=${property(`${entry.code} ${entry.origin}`)}`,
      ]
      return `::${COMMANDS[entry.level]} ${place.join(',')}::${escaped(`${entry.message}\n${entry.fix}`)}\n`
    })
    .join('')
