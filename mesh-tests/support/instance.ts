/** A real instance in a home of its own, driven as a user drives it: by `weft`, `kubectl` and HTTP. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { get, type IncomingHttpHeaders } from 'node:http'
import { join } from 'node:path'
import { hostPortOf } from '../../src/primitives/host-port.ts'
import { lowestHostPort, openAccount, type CommandLine } from './ordinary-user.ts'

export interface Output {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

const repository = new URL('../..', import.meta.url).pathname

/** Runs a command; never throws on a non-zero exit. */
export const run = (
  file: string,
  parameters: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly input?: string; readonly cwd?: string } = {},
): Promise<Output> =>
  new Promise((resolve) => {
    const child = execFile(
      file,
      [...parameters],
      { env: { ...process.env, ...options.env }, cwd: options.cwd ?? repository, maxBuffer: 1 << 26 },
      (error, stdout, stderr) => {
        const status = error === null ? 0 : typeof error.code === 'number' ? error.code : 1
        resolve({ status, stdout, stderr })
      },
    )
    if (options.input !== undefined) child.stdin?.end(options.input)
  })

export interface Answer {
  readonly status: number
  readonly body: string
  readonly headers: IncomingHttpHeaders
}

/** One GET on a connection of its own, as curl does it. */
export const request = (url: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    get(url, { headers, agent: false }, (response) => {
      let body = ''
      response.on('data', (chunk: Buffer) => (body += chunk.toString()))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body, headers: response.headers }))
      response.on('error', reject)
    }).on('error', reject)
  })

export interface Instance {
  readonly home: string
  readonly weft: (...parameters: readonly string[]) => Promise<Output>
  readonly kubectl: (parameters: readonly string[], input?: string) => Promise<Output>
  /** kubectl that must succeed; gives its standard output without the last line end. */
  readonly kubectlOk: (parameters: readonly string[], input?: string) => Promise<string>
  readonly gatewayUrl: () => Promise<string>
  /** `weft down --purge`, and the home is gone. */
  readonly remove: () => Promise<void>
}

/** Where a Service of type LoadBalancer answers on this host, beside which others it has. */
export const balancerUrl = (address: string, port = 80, others: readonly number[] = []): string => {
  const answering = hostPortOf(port, lowestHostPort, others)
  return answering === 80 ? `http://${address}` : `http://${address}:${answering}`
}

/** A home and the command `weft` on it, as whoever the tests run instances as. */
export interface InstanceHome {
  readonly home: string
  readonly command: (...parameters: readonly string[]) => CommandLine
  readonly weft: (...parameters: readonly string[]) => Promise<Output>
  /** `weft down --purge`, and the home is gone. */
  readonly remove: () => Promise<void>
}

/** A fresh home, or the one given; nothing runs in it yet. */
export const openHome = async (given?: string, hasRange = false): Promise<InstanceHome> => {
  const script = join(repository, 'dist/src/app/weft-main.js')
  if (!existsSync(script)) throw new Error('build first: npm run build')
  const account = openAccount(repository, hasRange)
  const home = given ?? (await mkdtemp(join(account.directory, 'weft-home-')))
  account.own(home)
  const command: InstanceHome['command'] = (...parameters) =>
    account.command(script, ['--home', home, ...parameters])
  const weft: InstanceHome['weft'] = (...parameters) => {
    const { file, parameters: words, env } = command(...parameters)
    return run(file, words, { env })
  }
  const remove = async (): Promise<void> => {
    await weft('down', '--purge')
    await rm(home, { recursive: true, force: true })
    account.remove()
  }
  return { home, command, weft, remove }
}

/** Starts an instance in a fresh home (or the one given), with these flags, and returns when `weft up` does. */
export const startInstance = async (
  options: {
    readonly home?: string
    readonly flags?: readonly string[]
    /** As an ordinary user with a range of ids (support/ordinary-user.ts). */
    readonly hasRange?: boolean
  } = {},
): Promise<Instance> => {
  const { home, weft, remove } = await openHome(options.home, options.hasRange)
  const kubectl: Instance['kubectl'] = (parameters, input) =>
    run('kubectl', parameters, {
      env: { KUBECONFIG: join(home, 'kubeconfig') },
      ...(input === undefined ? {} : { input }),
    })
  const kubectlOk: Instance['kubectlOk'] = async (parameters, input) => {
    const output = await kubectl(parameters, input)
    if (output.status !== 0) {
      throw new Error(
        `kubectl ${parameters.join(' ')} failed (${output.status}): ${output.stderr}${output.stdout}`,
      )
    }
    return output.stdout.trimEnd()
  }
  const up = await weft('up', ...(options.flags ?? []))
  if (up.status !== 0) {
    await remove()
    throw new Error(`weft up failed (${up.status}):\n${up.stderr}${up.stdout}`)
  }
  const gatewayUrl = async (): Promise<string> => (await weft('url')).stdout.trim()
  return { home, weft, kubectl, kubectlOk, gatewayUrl, remove }
}

/** The walkthrough's files as published when they lie beside the checkout, else our own of the same effect. */
export const walkthroughFile = (published: string, own: string): string => {
  const path = join(repository, '../shared/walkthroughs', published)
  return existsSync(path) ? path : join(repository, 'examples', own)
}
