import { hostname } from 'node:os'
import { parseArgs } from 'node:util'
import { endOnSignal } from '../end-on-signal.ts'
import { createEchoApp, createTcpEchoApp } from './echo-app.ts'

const text = { type: 'string' } as const
const list = { type: 'string', multiple: true } as const
const { values } = parseArgs({
  strict: false,
  options: { port: list, grpc: list, tcp: list, tls: list, version: text, cluster: text, namespace: text },
})

const portsOf = (given: unknown): readonly number[] =>
  (Array.isArray(given) ? given : []).map(Number).filter((port) => port > 0)
const textOf = (given: unknown): string => (typeof given === 'string' ? given : '')

const options = {
  version: textOf(values['version']),
  cluster: textOf(values['cluster']),
  namespace: textOf(values['namespace']) || (process.env['NAMESPACE'] ?? ''),
  hostname: process.env['HOSTNAME'] || hostname(),
  random: Math.random,
}
const tls = new Set(portsOf(values['tls']))
for (const port of [...tls, ...portsOf(values['grpc'])])
  console.error(`port ${port} is not served: this stand-in speaks HTTP, h2c and TCP, neither TLS nor gRPC`)
const asked = portsOf(values['port']).filter((port) => !tls.has(port))
for (const port of asked.length === 0 ? [8080] : asked) {
  const { listener, servers } = createEchoApp(port, options)
  listener.listen(port, () => console.log(`Listening HTTP/1.1 on ${port}`))
  endOnSignal(listener, servers)
}
for (const port of portsOf(values['tcp']))
  createTcpEchoApp(port, options).listen(port, () => console.log(`Listening TCP on ${port}`))
