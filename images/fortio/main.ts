import { hostname } from 'node:os'
import { endOnSignal } from '../end-on-signal.ts'
import { ask } from '../http/ask.ts'
import { createFortioServer, createTcpEcho } from './fortio-server.ts'
import { parseFlags, type Flags } from './flags.ts'
import { load, urlOfTarget } from './load-command.ts'
import { fortioVersion } from './report.ts'

const usage = `Φορτίο ${fortioVersion} usage:
        fortio command [flags] target
where command is one of: load (load testing), server (starts HTTP echo and TCP echo), tcp-echo, curl (single URL debug), or version.`

const portOf = (text: string): number => Number(text.split(':').at(-1))

const serve = (flags: Flags): void => {
  const { listener, servers } = createFortioServer({
    debugPath: flags.text('echo-debug-path'),
    hostname: hostname(),
    random: Math.random,
  })
  const echo = createTcpEcho()
  const [http, tcp] = [flags.text('http-port'), flags.text('tcp-port')]
  listener.listen(portOf(http), () =>
    console.error(`Fortio ${fortioVersion} Echo server listening on [::]:${portOf(http)}`),
  )
  if (tcp !== 'disabled')
    echo.listen(portOf(tcp), () =>
      console.error(`Fortio ${fortioVersion} tcp-echo server listening on [::]:${portOf(tcp)}`),
    )
  endOnSignal(listener, servers)
}

const runLoad = async (flags: Flags): Promise<void> => {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
  const output = {
    out: (text: string) => void process.stdout.write(text),
    err: (line: string) => console.error(line),
  }
  process.exitCode = await load(flags, output, stop.signal)
}

const curl = async (flags: Flags): Promise<void> => {
  const url = urlOfTarget(flags.rest[0])
  if (url === undefined) {
    console.error('Error: fortio load/curl needs a URL or destination')
    process.exitCode = 1
    return
  }
  const { status, headers, body } = await ask(url.href, { timeout: flags.number('timeout') * 1000 })
  console.error(`HTTP/1.1 ${status}`)
  for (const [name, value] of Object.entries(headers)) console.error(`${name}: ${String(value)}`)
  process.stdout.write(body)
  if (status >= 400) process.exitCode = 1
}

const fail = (message: string): void => {
  console.error(message)
  process.exitCode = 1
}

const main = async (): Promise<void> => {
  const [command = 'help', ...words] = process.argv.slice(2)
  const flags = parseFlags(words)
  if (!flags.ok) return fail(flags.error)
  if (command === 'load') return flags.value.bool('curl') ? curl(flags.value) : runLoad(flags.value)
  if (command === 'curl') return curl(flags.value)
  if (command === 'server' || command === 'tcp-echo') return serve(flags.value)
  if (command === 'version') return console.log(fortioVersion)
  if (command === 'help') return console.log(usage)
  return fail(`Error: unknown command ${command}\n${usage}`)
}

main().catch((error: unknown) => fail(String(error)))
