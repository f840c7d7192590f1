/** The redirect of a pod's TCP traffic to its Envoy, as an nftables ruleset: Istio's rules, without user ids. */
import { fail, ok, type Result } from '../primitives/result.ts'

/** What is redirected; `*` in a list of what is included means everything. */
export interface RedirectOptions {
  readonly outboundPort: number
  readonly inboundPort: number
  /** Envoy's own sockets carry this mark and pass. */
  readonly mark: number
  readonly includeInboundPorts: readonly string[]
  readonly excludeInboundPorts: readonly string[]
  readonly includeOutboundRanges: readonly string[]
  readonly excludeOutboundRanges: readonly string[]
  /** Redirected whatever their address. */
  readonly includeOutboundPorts: readonly string[]
  readonly excludeOutboundPorts: readonly string[]
  /** Network interfaces whose traffic passes. */
  readonly excludeInterfaces: readonly string[]
}

/** Ports of Envoy itself: tunnel, status, readiness, Prometheus. */
const ownPorts = ['15008', '15020', '15021', '15090']

export const defaultRedirect: RedirectOptions = {
  outboundPort: 15001,
  inboundPort: 15006,
  mark: 1337,
  includeInboundPorts: ['*'],
  excludeInboundPorts: ownPorts,
  includeOutboundRanges: ['*'],
  excludeOutboundRanges: [],
  includeOutboundPorts: [],
  excludeOutboundPorts: [],
  excludeInterfaces: [],
}

const set = (items: readonly string[]): string => `{ ${[...new Set(items)].join(', ')} }`

const whenAny = (items: readonly string[], rule: (members: string) => string): readonly string[] =>
  items.length === 0 ? [] : [rule(set(items))]

const quoted = (names: readonly string[]): readonly string[] => names.map((name) => `"${name}"`)

const inbound = (options: RedirectOptions): readonly string[] => {
  const redirect = `redirect to :${options.inboundPort}`
  if (options.includeInboundPorts.includes('*')) {
    return [
      ...whenAny([...ownPorts, ...options.excludeInboundPorts], (ports) => `tcp dport ${ports} return`),
      `meta l4proto tcp ${redirect}`,
    ]
  }
  return whenAny(options.includeInboundPorts, (ports) => `tcp dport ${ports} ${redirect}`)
}

const outbound = (options: RedirectOptions): readonly string[] => {
  const redirect = `redirect to :${options.outboundPort}`
  return [
    ...whenAny(options.excludeOutboundPorts, (ports) => `tcp dport ${ports} return`),
    '# Envoy to its own application, or a probe of it',
    'ip saddr 127.0.0.6 oifname "lo" return',
    '# The application called itself through its service: once more through the inbound side',
    `oifname "lo" ip daddr != 127.0.0.1 meta mark ${options.mark} meta l4proto tcp redirect to :${options.inboundPort}`,
    '# Containers of the pod among themselves',
    'oifname "lo" return',
    '# Envoy to the world',
    `meta mark ${options.mark} return`,
    'ip daddr 127.0.0.1 return',
    ...whenAny(options.includeOutboundPorts, (ports) => `tcp dport ${ports} ${redirect}`),
    ...whenAny(options.excludeOutboundRanges, (ranges) => `ip daddr ${ranges} return`),
    ...(options.includeOutboundRanges.includes('*')
      ? [`meta l4proto tcp ${redirect}`]
      : whenAny(
          options.includeOutboundRanges,
          (ranges) => `ip daddr ${ranges} meta l4proto tcp ${redirect}`,
        )),
  ]
}

const chain = (name: string, hook: string, rules: readonly string[]): string =>
  [
    `  chain ${name} {`,
    // -100 is dstnat, which older nft does not take as a name in the output hook.
    `    type nat hook ${hook} priority -100; policy accept;`,
    ...rules.map((rule) => `    ${rule}`),
    '  }',
  ].join('\n')

/** A ruleset for `nft -f`: one transaction that replaces what an earlier run left. UDP, and so DNS, is not touched. */
export const redirectRules = (options: RedirectOptions): string =>
  [
    'table ip istio',
    'delete table ip istio',
    'table ip istio {',
    chain('inbound', 'prerouting', [
      'meta l4proto != tcp return',
      ...whenAny(quoted(options.excludeInterfaces), (names) => `iifname ${names} return`),
      ...inbound(options),
    ]),
    chain('outbound', 'output', [
      'meta l4proto != tcp return',
      ...whenAny(quoted(options.excludeInterfaces), (names) => `oifname ${names} return`),
      ...outbound(options),
    ]),
    '}',
    '',
  ].join('\n')

const listOf = (text: string): readonly string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

const isPort = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) > 0 && Number(text) < 65_536

const isRange = (text: string): boolean => {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,2}))?$/.exec(text)
  return (
    match !== null && match.slice(1, 5).every((part) => Number(part) < 256) && Number(match[5] ?? 0) <= 32
  )
}

/** As the kernel allows them: at most 15 characters, no space, no slash. */
const isInterface = (text: string): boolean => /^[A-Za-z0-9_.@-]{1,15}$/.test(text)

type ListField = Exclude<keyof RedirectOptions, 'outboundPort' | 'inboundPort' | 'mark'>

/** A comma-separated list of ports or of IPv4 ranges, with `*` where everything may be meant. */
export const parseRedirectList = (field: ListField, text: string): Result<readonly string[], string> => {
  const items = listOf(text)
  const ranges = field === 'includeOutboundRanges' || field === 'excludeOutboundRanges'
  const all = field === 'includeOutboundRanges' || field === 'includeInboundPorts'
  if (all && items.length === 1 && items[0] === '*') return ok(items)
  if (field === 'excludeInterfaces') {
    const unknown = items.find((item) => !isInterface(item))
    return unknown === undefined
      ? ok(items)
      : fail(`${JSON.stringify(unknown)} is not valid: write names of interfaces, separated by commas`)
  }
  const wrong = items.find((item) => !(ranges ? isRange(item) : isPort(item)))
  if (wrong === undefined) return ok(items)
  const wanted = ranges ? 'IPv4 ranges such as 10.0.0.0/8' : 'ports from 1 to 65535'
  return fail(
    `${JSON.stringify(wrong)} is not valid: write ${wanted}, separated by commas${all ? ', or *' : ''}`,
  )
}

/** The flags of `istio-iptables`, as `kubectl describe` shows them on istio-init. */
const listFlags: readonly (readonly [string, ListField])[] = [
  ['-i', 'includeOutboundRanges'],
  ['-x', 'excludeOutboundRanges'],
  ['-b', 'includeInboundPorts'],
  ['-d', 'excludeInboundPorts'],
  ['-q', 'includeOutboundPorts'],
  ['-o', 'excludeOutboundPorts'],
  ['-c', 'excludeInterfaces'],
]

/** istio-init's arguments, in the words of Istio's own. */
export const redirectArguments = (options: RedirectOptions): readonly string[] => [
  'istio-iptables',
  ...['-p', String(options.outboundPort)],
  ...['-z', String(options.inboundPort)],
  ...['-u', String(options.mark)],
  ...['-m', 'REDIRECT'],
  ...listFlags.flatMap(([flag, field]) => [flag, options[field].join(',')]),
]

/** Parses what `redirectArguments` wrote. */
export const parseRedirectArguments = (args: readonly string[]): Result<RedirectOptions, string> => {
  const valueOf = (flag: string): string | undefined => {
    const at = args.indexOf(flag)
    return at < 0 ? undefined : (args[at + 1] ?? '')
  }
  const lists: Partial<Record<ListField, readonly string[]>> = {}
  for (const [flag, field] of listFlags) {
    const text = valueOf(flag)
    if (text === undefined) continue
    const parsed = parseRedirectList(field, text)
    if (!parsed.ok) return fail(`istio-iptables ${flag}: ${parsed.error}`)
    lists[field] = parsed.value
  }
  const numbers = { outboundPort: valueOf('-p'), inboundPort: valueOf('-z'), mark: valueOf('-u') }
  const wrong = Object.values(numbers).find((text) => text !== undefined && !isPort(text))
  if (wrong !== undefined)
    return fail(`istio-iptables: ${JSON.stringify(wrong)} is not a number from 1 to 65535`)
  return ok({
    ...defaultRedirect,
    ...lists,
    outboundPort: Number(numbers.outboundPort ?? defaultRedirect.outboundPort),
    inboundPort: Number(numbers.inboundPort ?? defaultRedirect.inboundPort),
    mark: Number(numbers.mark ?? defaultRedirect.mark),
  })
}

/** What the container istio-init runs: nft on a file, seen in `directory`. Fails with what is wrong with its arguments. */
export const prepareRedirect = (
  args: readonly string[],
  directory: string,
): Result<
  {
    readonly command: readonly string[]
    readonly args: readonly string[]
    readonly files: readonly { readonly name: string; readonly content: string }[]
  },
  string
> => {
  const options = parseRedirectArguments(args)
  if (!options.ok) return options
  return ok({
    command: ['nft'],
    args: ['-f', `${directory}/redirect.nft`],
    files: [{ name: 'redirect.nft', content: redirectRules(options.value) }],
  })
}
