import { serveLanguage } from '../../lsp/server.ts'
import type { CliContext } from '../cli-context.ts'
import { usage } from '../analysis/analysis-inputs.ts'

/**
 * `weft lsp`: the language server for manifests, over standard input and output.
 * Exit codes: those of the protocol, 0 after a shutdown, else 1.
 */
export const lsp = (context: CliContext): Promise<number> => {
  const { streams } = context
  if (streams === undefined) throw usage('weft lsp speaks to an editor over standard input and output')
  return serveLanguage({ ...streams(), version: context.version, signal: context.signal })
}
