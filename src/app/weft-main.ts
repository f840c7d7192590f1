import { resolve } from 'node:path'
import { text as readText } from 'node:stream/consumers'
import { runCli } from '../cli/main.ts'
import { readEnvironment } from './environment.ts'
import { createInstance } from './instance.ts'
import { packageVersion } from './package-version.ts'

/**
 * Takes `--home DIR` or `--home=DIR` out of the arguments before `--`: the instance must be known before its commands
 * are, and the flag may stand before or after the command.
 */
const takeHome = (
  argv: readonly string[],
): { readonly home: string | undefined; readonly rest: readonly string[] } => {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length
  const index = argv.findIndex((flag) => flag === '--home' || flag.startsWith('--home='))
  if (index === -1 || index > end) return { home: undefined, rest: argv }
  const separate = argv[index] === '--home'
  const home = separate ? argv[index + 1] : argv[index]?.slice('--home='.length)
  return { home, rest: argv.toSpliced(index, separate ? 2 : 1) }
}

const main = async (): Promise<void> => {
  const environment = readEnvironment(process.env, process.stdout.isTTY)
  const { home, rest } = takeHome(process.argv.slice(2))
  // The reader of a pipe may have seen enough: `weft analyze | head`.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit()
  })
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort(new Error('interrupted')))
  process.once('SIGTERM', () => stop.abort(new Error('terminated')))
  process.exitCode = await runCli(rest, {
    instance: createInstance(home === undefined ? environment : { ...environment, home: resolve(home) }),
    version: packageVersion(),
    workingDirectory: process.cwd(),
    stdin: async () => readText(process.stdin),
    streams: () => ({ input: process.stdin, output: process.stdout }),
    color: environment.color,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    signal: stop.signal,
  })
}

void main()
