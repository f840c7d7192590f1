/** `fortio load [flags] URL` */
import { writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { randomBytes } from 'node:crypto'
import type { Flags } from './flags.ts'
import type { CallOptions } from './http-caller.ts'
import { planLoad } from './load-plan.ts'
import { createCallers, runLoad, warmUp, type LoadOptions } from './load-run.ts'
import { bannerLine, fortioVersion, reportJson, reportLines, startLine } from './report.ts'

export interface CommandOutput {
  readonly out: (text: string) => void
  readonly err: (line: string) => void
}

const headersOf = (flags: Flags): Readonly<Record<string, string | string[]>> => {
  const headers: Record<string, string | string[]> = { 'user-agent': `fortio.org/fortio-${fortioVersion}` }
  for (const header of flags.list('H')) {
    const [name = '', ...value] = header.split(':')
    headers[name.trim().toLowerCase()] = value.join(':').trim()
  }
  if (flags.text('content-type') !== '') headers['content-type'] = flags.text('content-type')
  if (flags.text('user') !== '')
    headers['authorization'] = `Basic ${Buffer.from(flags.text('user')).toString('base64')}`
  return headers
}

const callOf = (flags: Flags, url: URL): CallOptions => {
  const size = flags.number('payload-size')
  const payload = size > 0 ? randomBytes(size) : Buffer.from(flags.text('payload'))
  const method = flags.text('X') || (payload.length > 0 || flags.text('content-type') !== '' ? 'POST' : 'GET')
  return {
    url,
    method,
    headers: {
      ...headersOf(flags),
      ...(payload.length > 0 ? { 'content-length': String(payload.length) } : {}),
    },
    payload,
    timeout: flags.number('timeout'),
    keepAlive: flags.bool('keepalive'),
    insecure: flags.bool('k') || flags.bool('https-insecure'),
    resolution: flags.number('r'),
  }
}

const percentilesOf = (text: string): readonly number[] | undefined => {
  const numbers = text.split(',').map((part) => Number(part))
  return numbers.every((number) => number > 0 && number < 100) ? numbers : undefined
}

/** `http://` is added where the scheme is missing; undefined: no HTTP address. */
export const urlOfTarget = (target: string | undefined): URL | undefined => {
  if (target === undefined) return undefined
  const text = /^\w+:\/\//.test(target) ? target : `http://${target}`
  const url = URL.canParse(text) ? new URL(text) : undefined
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? url : undefined
}

const writeJson = (path: string, value: unknown, { out, err }: CommandOutput): void => {
  const text = `${JSON.stringify(value, undefined, 2)}\n`
  if (path === '-') out(text)
  else writeFileSync(path, text)
  err(`Successfully wrote ${Buffer.byteLength(text)} bytes of Json data to ${path === '-' ? 'stdout' : path}`)
}

/** Resolves with the exit code. */
export const load = async (flags: Flags, output: CommandOutput, signal: AbortSignal): Promise<number> => {
  const url = urlOfTarget(flags.rest[0])
  const percentiles = percentilesOf(flags.text('p'))
  if (url === undefined || flags.rest.length !== 1) {
    output.err('Error: fortio load/curl needs a URL or destination')
    return 1
  }
  if (percentiles === undefined) {
    output.err(`Unable to extract percentiles from -p: ${flags.text('p')}: each must be > 0 and < 100`)
    return 1
  }
  const isBrief = flags.bool('quiet') || /^(error|critical|fatal)$/i.test(flags.text('loglevel'))
  const request = {
    qps: flags.number('qps'),
    threads: Math.max(1, flags.number('c')),
    duration: flags.number('t'),
    exactly: flags.number('n'),
  }
  const plan = planLoad(request)
  const options: LoadOptions = {
    request,
    plan,
    call: callOf(flags, url),
    resolution: flags.number('r'),
    offset: flags.number('offset'),
    allowInitialErrors: flags.bool('allow-initial-errors'),
    jitter: flags.bool('jitter'),
    uniform: flags.bool('uniform'),
    catchUp: !flags.bool('nocatchup'),
    abortOn: flags.number('abort-on'),
    log: (level, line) => {
      if (level === 'W' || flags.bool('log-errors')) output.err(`[${level}] ${line}`)
    },
  }
  output.err(bannerLine(options))
  const callers = createCallers(request.threads, options.call)
  try {
    const problem = request.exactly > 0 ? undefined : await warmUp(callers, url)
    if (problem !== undefined && !options.allowInitialErrors) {
      output.err(`Aborting because of ${problem}`)
      return 1
    }
    for (const warning of plan.warnings) options.log('W', warning)
    if (!isBrief) output.err(startLine(options))
    const result = await runLoad(options, callers, signal)
    const labels =
      flags.text('labels') || `${url.href.replace(/^https?:\/\//, '')} , ${hostname().split('.')[0]}`
    const report = { load: options, percentiles, labels, isBrief }
    for (const line of reportLines(result, report)) output.err(line)
    if (flags.text('json') !== '') writeJson(flags.text('json'), reportJson(result, report), output)
    return 0
  } finally {
    for (const caller of callers) caller.close()
  }
}
