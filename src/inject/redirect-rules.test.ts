import { fc, test as property } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import {
  defaultRedirect,
  parseRedirectArguments,
  prepareRedirect,
  redirectArguments,
  redirectRules,
} from './redirect-rules.ts'
import { redirectOf } from './redirect-annotations.ts'

describe('the ruleset', () => {
  test('replaces what an earlier run left, in one transaction', () => {
    expect(redirectRules(defaultRedirect)).toMatch(
      /^table ip istio\ndelete table ip istio\ntable ip istio \{/,
    )
  })

  test('lets the ports of Envoy in directly and sends all other TCP to 15006', () => {
    const rules = redirectRules(defaultRedirect)
    expect(rules).toContain(
      'tcp dport { 15008, 15020, 15021, 15090 } return\n    meta l4proto tcp redirect to :15006',
    )
  })

  test("checks in Istio's order on the way out", () => {
    const rules = redirectRules({
      ...defaultRedirect,
      excludeOutboundRanges: ['10.1.0.0/16'],
      excludeOutboundPorts: ['9999'],
    })
    const order = [
      'tcp dport { 9999 } return',
      'ip saddr 127.0.0.6 oifname "lo" return',
      'oifname "lo" ip daddr != 127.0.0.1 meta mark 1337',
      '    oifname "lo" return',
      '    meta mark 1337 return',
      'ip daddr 127.0.0.1 return',
      'ip daddr { 10.1.0.0/16 } return',
      'meta l4proto tcp redirect to :15001',
    ].map((rule) => rules.indexOf(rule))
    expect(order).not.toContain(-1)
    expect(order).toEqual(order.toSorted((a, b) => a - b))
  })

  test('leaves interfaces alone in both directions', () => {
    const options = redirectOf({ 'traffic.sidecar.istio.io/excludeInterfaces': 'eth1, docker0' })
    expect(options.ok).toBe(true)
    if (!options.ok) return
    const rules = redirectRules(options.value)
    expect(rules).toContain('iifname { "eth1", "docker0" } return')
    expect(rules).toContain('oifname { "eth1", "docker0" } return')
    expect(redirectOf({ 'traffic.sidecar.istio.io/excludeInterfaces': 'a b' }).ok).toBe(false)
  })

  test('redirects only what is included', () => {
    const rules = redirectRules({
      ...defaultRedirect,
      includeInboundPorts: ['8080'],
      includeOutboundRanges: [],
    })
    expect(rules).toContain('tcp dport { 8080 } redirect to :15006')
    expect(rules).not.toContain('meta l4proto tcp redirect to :15001')
  })
})

const port = fc.integer({ min: 1, max: 65_535 }).map(String)
const ports = fc.array(port, { maxLength: 3 })

property.prop([ports, ports, ports])(
  'arguments say all of the options',
  (excludeInboundPorts, include, exclude) => {
    const options = {
      ...defaultRedirect,
      excludeInboundPorts,
      includeOutboundPorts: include,
      excludeOutboundPorts: exclude,
    }
    expect(parseRedirectArguments(redirectArguments(options))).toEqual({ ok: true, value: options })
  },
)

test('malformed arguments are refused, with what to write instead', () => {
  expect(parseRedirectArguments(['istio-iptables', '-b', 'http'])).toEqual({
    ok: false,
    error: 'istio-iptables -b: "http" is not valid: write ports from 1 to 65535, separated by commas, or *',
  })
  expect(parseRedirectArguments(['istio-iptables', '-p', '0'])).toMatchObject({ ok: false })
})

test('istio-init runs nft on the prepared file', () => {
  expect(prepareRedirect(redirectArguments(defaultRedirect), '/run/weft/image')).toMatchObject({
    ok: true,
    value: {
      command: ['nft'],
      args: ['-f', '/run/weft/image/redirect.nft'],
      files: [{ name: 'redirect.nft' }],
    },
  })
})

test("a pod's annotations add to what is excepted anyway", () => {
  expect(redirectOf({ 'traffic.sidecar.istio.io/excludeInboundPorts': '9000, 9001' })).toMatchObject({
    value: { excludeInboundPorts: ['15008', '15020', '15021', '15090', '9000', '9001'] },
  })
})
