/** For tests: manifests, and ways to break them. */
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fc } from '@fast-check/vitest'

const repository = fileURLToPath(new URL('../..', import.meta.url))

const manifestsBelow = (folder: string): readonly string[] =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) return manifestsBelow(path)
    return /\.ya?ml$/.test(name) ? [readFileSync(path, 'utf8')] : []
  })

const FURTHER = [
  `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: a, namespace: default}
spec:
  selector: {matchLabels: {app: a}}
  rules:
    - from: [{source: {principals: ["*"]}}]
      to: [{operation: {methods: [GET], paths: [/a]}}]
`,
  `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: a}
spec:
  parentRefs: [{name: g}]
  rules:
    - matches: [{path: {type: PathPrefix, value: /}, headers: [{name: a, value: b}]}]
      filters: [{type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: a, value: b}]}}]
      backendRefs: [{name: a, port: 80, weight: 1}]
`,
  `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: a}
spec: {hosts: [a.example], ports: [{number: 443, name: tls, protocol: TLS}], resolution: DNS, location: MESH_EXTERNAL}
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: a}
spec: {egress: [{hosts: ["./*"]}], ingress: [{port: {number: 80, protocol: HTTP, name: h}, defaultEndpoint: "127.0.0.1:80"}]}
---
apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: a}
spec: {tracing: [{providers: [{name: z}], randomSamplingPercentage: 10}]}
`,
]

export const originals = [
  ...manifestsBelow(join(repository, 'examples')),
  ...manifestsBelow(join(repository, 'src/apiserver/testdata')),
  ...FURTHER,
]

interface Mutation {
  readonly how: string
  /** Which line, and what to write: numbers of any size, taken as far as they reach. */
  readonly where: number
  readonly what: number
}

const VALUES = [
  'null',
  '[]',
  '{}',
  'true',
  '-1',
  '1e400',
  '"text"',
  '"*"',
  '[[[1]]]',
  '{a: {b: [c]}}',
  '*alias',
  '&anchor x',
  '!!binary aGk=',
  '|',
  "'",
  '"\\ud800"',
  '0644',
  '<<',
  'Ω≈ç√',
] as const

export const deep = (depth: number, open: string, close: string): string =>
  open.repeat(depth) + close.repeat(depth)

const pick = <T>(list: readonly T[], index: number): T | undefined => list[index % Math.max(list.length, 1)]

/** One mutation of the lines of a text. */
const mutators: Readonly<
  Record<string, (lines: readonly string[], at: number, what: number) => readonly string[]>
> = {
  drop: (lines, at) => lines.toSpliced(at, 1),
  double: (lines, at) => lines.toSpliced(at, 0, lines[at] ?? ''),
  rename: (lines, at, what) =>
    lines.with(
      at,
      (lines[at] ?? '').replace(/(\w+):/, (_match, key: string) => `${key}${'x'.repeat(what % 3)}Y:`),
    ),
  misspell: (lines, at, what) => {
    const line = lines[at] ?? ''
    const index = line.length === 0 ? 0 : what % line.length
    return lines.with(at, line.slice(0, index) + line.slice(index + 1))
  },
  retype: (lines, at, what) =>
    lines.with(at, (lines[at] ?? '').replace(/:(?:\s.*)?$/, `: ${pick(VALUES, what) ?? ''}`)),
  shift: (lines, at, what) => lines.with(at, ' '.repeat(what % 7) + (lines[at] ?? '').trimStart()),
  tab: (lines, at) => lines.with(at, `\t${lines[at] ?? ''}`),
  swap: (lines, at, what) => {
    const other = what % Math.max(lines.length, 1)
    return lines.with(at, lines[other] ?? '').with(other, lines[at] ?? '')
  },
  nest: (lines, at, what) => {
    const depth = 1 + (what % 3000)
    const value = what % 2 === 0 ? deep(depth, '[', ']') : deep(depth, '{a: ', '}')
    return lines.with(at, (lines[at] ?? '').replace(/:(?:\s.*)?$/, `: ${value}`))
  },
  stairs: (lines, at, what) =>
    lines.toSpliced(at, 0, ...Array.from({ length: what % 300 }, (_, level) => `${' '.repeat(level)}a:`)),
  huge: (lines, at, what) => lines.with(at, (lines[at] ?? '') + 'h'.repeat(what % 50_000)),
  many: (lines, at, what) => lines.toSpliced(at, 0, ...Array<string>(what % 300).fill(lines[at] ?? '')),
  binary: (lines, at, what) =>
    lines.with(at, (lines[at] ?? '') + String.fromCharCode(what % 32, 0xff, 0xd800 + (what % 1024), 0)),
  cut: (lines, at) => lines.slice(0, at),
}

const mutated = (text: string, { how, where, what }: Mutation): string => {
  const lines = text.split('\n')
  return (mutators[how]?.(lines, where % lines.length, what) ?? lines).join('\n')
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  how: fc.constantFrom(...Object.keys(mutators)),
  where: fc.nat(),
  what: fc.nat(),
})

/** A manifest that was broken in one to four ways. */
export const brokenManifest: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom(...originals), fc.array(mutation, { minLength: 1, maxLength: 4 }))
  .map(([original, mutations]) => mutations.reduce(mutated, original))
