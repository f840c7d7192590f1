/** The language server as an editor meets it: a process, spoken to over its standard input and output. */
import { spawn } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  CodeActionRequest,
  CompletionRequest,
  DefinitionRequest,
  DidChangeTextDocumentNotification,
  DidOpenTextDocumentNotification,
  ExitNotification,
  HoverRequest,
  InitializeRequest,
  InitializedNotification,
  PublishDiagnosticsNotification,
  ShutdownRequest,
  createProtocolConnection,
} from 'vscode-languageserver-protocol/node'
import type {
  CodeAction,
  CompletionItem,
  Location,
  Position,
  ProtocolConnection,
  PublishDiagnosticsParams,
} from 'vscode-languageserver-protocol/node'

const SERVICE = `apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: default}
spec: {ports: [{port: 9080, name: http}]}
`
const RULE = `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: default}
spec:
  host: reviews
  subsets:
    - name: v1
      labels: {version: v1}
    - name: v2
      labels: {version: v2}
`
const GATEWAY = `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: front, namespace: default}
spec: {servers: [{hosts: ["*"], port: {number: 80, name: http, protocol: HTTP}}]}
`
const ROUTE = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: reviews
  namespace: default
spec:
  hosts: ["reviews.example"]
  gateways: [front]
  http:
    - route:
        - destination: {host: reviews, subset: v2}
`

const HTTP = `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: r, namespace: default}
spec: {parentRefs: [{name: edge, sectionName: web}], rules: [{backendRefs: [{name: reviews, port: 9080}]}]}
`
const EDGE = `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: default}
spec: {gatewayClassName: istio, listeners: [{name: web, port: 80, protocol: HTTP}]}
`
const NODE = `apiVersion: appmesh.k8s.aws/v1beta2
kind: VirtualNode
metadata: {name: blue, namespace: default}
spec: {}
`
const ROUTER = `apiVersion: appmesh.k8s.aws/v1beta2
kind: VirtualRouter
metadata: {name: color, namespace: default}
spec: {routes: [{name: a, httpRoute: {match: {prefix: /}, action: {weightedTargets: [{weight: 1, virtualNodeRef: {name: blue}}]}}}]}
`

let folder = ''
let server: ChildProcessWithoutNullStreams
let client: ProtocolConnection
let uri = ''
let version = 1
const waiting = new Map<string, (params: PublishDiagnosticsParams) => void>()

const uriOf = (name: string): string => pathToFileURL(join(folder, name)).href

/** What the server says next of the document. */
const nextDiagnostics = (): Promise<PublishDiagnosticsParams> =>
  new Promise((resolve) => {
    waiting.set(uri, resolve)
  })

/** Writes the text into the editor, and waits for what is said of it. */
const type = async (text: string): Promise<PublishDiagnosticsParams> => {
  version += 1
  const said = nextDiagnostics()
  await client.sendNotification(DidChangeTextDocumentNotification.type, {
    textDocument: { uri, version },
    contentChanges: [{ text }],
  })
  return said
}

/** The text without its mark `|`, and where that is. */
const marked = (text: string): { readonly text: string; readonly position: Position } => {
  const before = text.slice(0, text.indexOf('|')).split('\n')
  return {
    text: text.replace('|', ''),
    position: { line: before.length - 1, character: before.at(-1)?.length ?? 0 },
  }
}

const completions = async (text: string): Promise<readonly CompletionItem[]> => {
  const at = marked(text)
  await type(at.text)
  const answer = await client.sendRequest(CompletionRequest.type, {
    textDocument: { uri },
    position: at.position,
  })
  return Array.isArray(answer) ? answer : (answer?.items ?? [])
}

const definition = async (text: string): Promise<string> => {
  const at = marked(text)
  await type(at.text)
  const answer = await client.sendRequest(DefinitionRequest.type, {
    textDocument: { uri },
    position: at.position,
  })
  const [first] = (Array.isArray(answer) ? answer : []) as readonly Location[]
  if (first === undefined) return 'nowhere'
  const { start } = first.range
  return `${first.uri.slice(first.uri.lastIndexOf('/') + 1)}:${start.line + 1}:${start.character + 1}`
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-lsp-'))
  await Promise.all(
    Object.entries({
      'service.yaml': SERVICE,
      'rule.yaml': RULE,
      'gateway.yaml': GATEWAY,
      'route.yaml': ROUTE,
      'edge.yaml': EDGE,
      'node.yaml': NODE,
    }).map(([name, text]) => writeFile(join(folder, name), text)),
  )
  const main = fileURLToPath(new URL('lsp-main.conformance.ts', import.meta.url))
  server = spawn(process.execPath, ['--import', 'tsx', main], { stdio: 'pipe' })
  client = createProtocolConnection(server.stdout, server.stdin)
  client.onNotification(PublishDiagnosticsNotification.type, (params) => {
    waiting.get(params.uri)?.(params)
  })
  client.listen()
  uri = uriOf('route.yaml')
  const said = nextDiagnostics()
  await client.sendRequest(InitializeRequest.type, {
    processId: process.pid,
    rootUri: pathToFileURL(folder).href,
    capabilities: {},
    workspaceFolders: [{ uri: pathToFileURL(folder).href, name: 'test' }],
  })
  await client.sendNotification(InitializedNotification.type, {})
  await client.sendNotification(DidOpenTextDocumentNotification.type, {
    textDocument: { uri, languageId: 'yaml', version, text: ROUTE },
  })
  await said
}, 30_000)

afterAll(async () => {
  const exited = new Promise((resolve) => server.once('exit', resolve))
  await client.sendRequest(ShutdownRequest.type)
  await client.sendNotification(ExitNotification.type)
  expect(await exited).toBe(0)
  client.dispose()
  await rm(folder, { recursive: true, force: true })
})

describe('while typing', () => {
  test('what is right is silent', async () => {
    expect((await type(`${ROUTE}\n`)).diagnostics).toEqual([])
  })

  test('a misspelled field, a subset that is nowhere, and text that is no YAML', async () => {
    const { diagnostics } = await type(ROUTE.replace('hosts:', 'host:').replace('subset: v2', 'subset: v3'))
    expect(diagnostics.map(({ code, range }) => `${String(code)} ${range.start.line}`)).toEqual(
      expect.arrayContaining(['WFT0002 6', 'IST0101 10']),
    )
    const broken = await type(ROUTE.replace('  gateways', '\tgateways'))
    expect(broken.diagnostics).toMatchObject([{ code: 'WFT0001', range: { start: { line: 7 } } }])
  })
})

describe('completion', () => {
  const route = (end: string): string => ROUTE.replace(/ {8}- destination.*\n/, end)

  test('of fields, those that are missing, with their meaning', async () => {
    const items = await completions(route('        - weight: 1\n          |\n'))
    expect(items.map(({ label }) => label)).toEqual(['destination', 'headers'])
    expect(items[0]).toMatchObject({ insertText: 'destination:', documentation: { kind: 'markdown' } })
  })

  test('of subsets of the host beside', async () => {
    const items = await completions(
      route('        - destination:\n            host: reviews\n            subset: |\n'),
    )
    expect(items.map(({ label }) => label)).toEqual(['v1', 'v2'])
  })

  test('of hosts, gateways and values', async () => {
    const hosts = await completions(route('        - destination:\n            host: |\n'))
    expect(hosts).toContainEqual(
      expect.objectContaining({ label: 'reviews', detail: 'reviews.default.svc.cluster.local' }),
    )
    const gateways = await completions(ROUTE.replace('gateways: [front]', 'gateways:\n    - |'))
    expect(gateways.map(({ label }) => label)).toEqual(['front', 'edge', 'mesh'])
    const protocols = await completions(
      'apiVersion: networking.istio.io/v1\nkind: DestinationRule\nspec:\n  trafficPolicy:\n    loadBalancer:\n      simple: |\n',
    )
    expect(protocols.map(({ label }) => label)).toContain('ROUND_ROBIN')
  })

  test('within braces and brackets', async () => {
    const fields = await completions(route('        - {weight: 1, |}\n'))
    expect(fields.map(({ label, insertText }) => [label, insertText])).toEqual([
      ['destination', 'destination: '],
      ['headers', 'headers: '],
    ])
    const subsets = await completions(ROUTE.replace('subset: v2}', 'subset: |}'))
    expect(subsets.map(({ label }) => label)).toEqual(['v1', 'v2'])
    const unfinished = await completions(route('        - destination: {host: reviews, subset: |'))
    expect(unfinished.map(({ label }) => label)).toEqual(['v1', 'v2'])
    const gateways = await completions(ROUTE.replace('[front]', '[mesh, |]'))
    expect(gateways.map(({ label }) => label)).toContain('mesh')
  })

  test('of names in the Gateway API and App Mesh', async () => {
    const labels = async (text: string): Promise<readonly string[]> =>
      (await completions(text)).map(({ label }) => label)
    expect(await labels(HTTP.replace('name: edge', 'name: |'))).toEqual(['edge'])
    expect(await labels(HTTP.replace('sectionName: web', 'sectionName: |'))).toEqual(['web'])
    expect(await labels(HTTP.replace('name: reviews', 'name: |'))).toEqual(['reviews'])
    expect(await labels(ROUTER.replace('{name: blue}', '{name: |}'))).toEqual(['blue'])
  })

  test('of kinds', async () => {
    const items = await completions('apiVersion: gateway.networking.k8s.io/v1\nkind: |\n')
    expect(items.map(({ label }) => label)).toContain('HTTPRoute')
  })
})

test('hover tells the meaning of a field', async () => {
  const at = marked(ROUTE.replace('destination:', 'destin|ation:'))
  await type(at.text)
  const answer = await client.sendRequest(HoverRequest.type, {
    textDocument: { uri },
    position: at.position,
  })
  expect(answer).toMatchObject({
    contents: { value: expect.stringMatching(/^\*\*destination\*\* · object · required\n\n\w+/) },
    range: { start: { line: 10, character: 10 }, end: { line: 10, character: 21 } },
  })
})

test('hover tells it within braces too', async () => {
  const at = marked(ROUTE.replace('{host:', '{ho|st:'))
  await type(at.text)
  const answer = await client.sendRequest(HoverRequest.type, {
    textDocument: { uri },
    position: at.position,
  })
  expect(answer).toMatchObject({
    contents: { value: expect.stringMatching(/^\*\*host\*\* · string · required/) },
  })
})

test.each([
  ['a subset', ROUTE.replace('subset: v2', 'subset: v|2'), 'rule.yaml:9:7'],
  ['a host', ROUTE.replace('{host: reviews', '{host: rev|iews'), 'service.yaml:3:12'],
  ['a gateway', ROUTE.replace('[front]', '[fr|ont]'), 'gateway.yaml:3:12'],
  ['a Gateway', HTTP.replace('edge', 'ed|ge'), 'edge.yaml:3:12'],
  ['a listener', HTTP.replace('sectionName: web', 'sectionName: w|eb'), 'edge.yaml:4:46'],
  ['a backend', HTTP.replace('name: reviews', 'name: rev|iews'), 'service.yaml:3:12'],
  ['a node', ROUTER.replace('blue', 'bl|ue'), 'node.yaml:3:12'],
  ['a name', ROUTE.replace('  name: reviews', '  name: rev|iews'), 'nowhere'],
])('go to the definition of %s', async (_title, text, place) => {
  expect(await definition(text)).toBe(place)
})

describe('quick fixes', () => {
  const actions = async (text: string): Promise<readonly CodeAction[]> => {
    const { diagnostics } = await type(text)
    const answer = await client.sendRequest(CodeActionRequest.type, {
      textDocument: { uri },
      range: { start: { line: 0, character: 0 }, end: { line: 100, character: 0 } },
      context: { diagnostics },
    })
    return (answer ?? []).filter((action): action is CodeAction => 'edit' in action)
  }

  test('of a field, of a name that exists nearby, and of all at once', async () => {
    const found = await actions(ROUTE.replace('hosts:', 'hostz:').replace('[front]', '[fornt]'))
    const titles = found.map(({ title }) => title)
    expect(titles).toEqual(
      expect.arrayContaining([
        'Write hosts: ["reviews.example"]',
        'Change to front',
        'Make all safe repairs',
      ]),
    )
    const change = found.find(({ title }) => title === 'Change to front')?.edit?.changes?.[uri]
    expect(change).toEqual([
      { range: { start: { line: 7, character: 13 }, end: { line: 7, character: 18 } }, newText: 'front' },
    ])
    const all = found.find(({ kind }) => kind === 'source.fixAll')?.edit?.changes?.[uri]?.[0]?.newText
    expect(all).toContain('\n  hosts: ["reviews.example"]\n')
  })

  test('of text that is no YAML', async () => {
    const [first] = await actions(ROUTE.replace('  gateways', '\tgateways'))
    expect(first?.edit?.changes?.[uri]?.[0]?.newText).toBe('  gateways: [front]\n')
  })
})
