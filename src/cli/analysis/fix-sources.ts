/** `--fix`: shows what is repaired, then writes the files. */
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { CodedError, messageOf } from '../../primitives/coded-error.ts'
import { unifiedDiff } from '../analyze-output/unified-diff.ts'
import type { CliContext } from '../cli-context.ts'
import type { ManifestSource } from './manifest-sources.ts'
import { repairText } from '../../analyze/repair-text.ts'

/**
 * The sources as they are after the repairs; the differences go to standard error, so that reports stay readable by
 * programs. Throws CodedError `wrong-usage` for standard input, `manifest-unwritable` where a file cannot be written.
 */
export const fixSources = async (
  context: CliContext,
  sources: readonly ManifestSource[],
): Promise<readonly ManifestSource[]> => {
  if (sources.some(({ name }) => name === '-')) {
    throw new CodedError('wrong-usage', '--fix writes files: name them, standard input cannot be written')
  }
  const fixed = sources.map((source) => ({ ...source, text: repairText(source.text, source.name) }))
  for (const [index, { name, text }] of fixed.entries()) {
    const before = sources[index]?.text ?? ''
    if (text === before) continue
    context.err(unifiedDiff(name, before, text))
    try {
      await writeFile(resolve(context.workingDirectory, name), text, { signal: context.signal })
    } catch (error) {
      throw new CodedError('manifest-unwritable', `cannot write ${name}: ${messageOf(error)}`, {
        cause: error,
      })
    }
  }
  return fixed
}
