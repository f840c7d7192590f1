import { describe, expect, test } from 'vitest'
import type { LogPolicy, LogRule, LogSink } from '../model/access-log.ts'
import { accessLogging, logPoliciesFor } from './access-logging.ts'
import { DEFAULT_SETTINGS, type Proxy } from './proxy-view.ts'

const sink = (provider: string): LogSink => ({
  provider,
  path: '/dev/stdout',
  format: { kind: 'text', text: provider },
  omitEmpty: false,
})
const SETTINGS = { ...DEFAULT_SETTINGS, logProviders: [sink('envoy'), sink('file')] }
const PROXY: Proxy = { type: 'sidecar', name: 'p', namespace: 'shop', labels: { app: 'cart' } }

const policy = (
  namespace: string,
  rules: readonly Partial<LogRule>[],
  selector: Readonly<Record<string, string>> = {},
): LogPolicy => ({
  name: 't',
  namespace,
  selector,
  rules: rules.map((rule) => ({ providers: [], disabled: false, ...rule })),
  createdAt: '',
  origin: { kind: 'Telemetry', namespace, name: 't', generation: 1 },
})

/** Providers that log at each end, with their filters. */
const logs = (policies: readonly LogPolicy[], settings = SETTINGS): string => {
  const { client, server } = accessLogging(logPoliciesFor(policies, 'istio-system', PROXY), settings)
  const names = (sinks: typeof client): string =>
    sinks.map(({ provider, filter }) => (filter === undefined ? provider : `${provider}?${filter}`)).join(',')
  return `${names(client)}|${names(server)}`
}
const envoy: Partial<LogRule> = { providers: ['envoy'] }

describe('Telemetries, from the mesh to the workload', () => {
  test.each<[string, readonly LogPolicy[], string]>([
    ['none and no file: nothing', [], '|'],
    ['mesh-wide', [policy('istio-system', [envoy])], 'envoy|envoy'],
    ['of another namespace', [policy('other', [envoy])], '|'],
    ['one end', [policy('shop', [{ ...envoy, side: 'server' }])], '|envoy'],
    ['switched off below', [policy('istio-system', [envoy]), policy('shop', [{ disabled: true }])], '|'],
    [
      'switched off for the clients below',
      [policy('istio-system', [envoy]), policy('shop', [{ disabled: true, side: 'client' }])],
      '|envoy',
    ],
    [
      'another provider below replaces the one above',
      [policy('istio-system', [envoy]), policy('shop', [{ providers: ['file'] }])],
      'file|file',
    ],
    [
      'a workload of its own',
      [policy('shop', [{ disabled: true, ...envoy }]), policy('shop', [envoy], { app: 'cart' })],
      'envoy|envoy',
    ],
    ['another workload', [policy('shop', [envoy], { app: 'stock' })], '|'],
    [
      'with a filter',
      [policy('shop', [{ ...envoy, filter: 'response.code >= 400' }])],
      'envoy?response.code >= 400|envoy?response.code >= 400',
    ],
    ['a provider that nobody defines', [policy('shop', [{ providers: ['otel'] }])], '|'],
    ['without access logging', [policy('shop', [])], '|'],
    [
      'only the oldest of a namespace counts',
      [policy('shop', [envoy]), policy('shop', [{ disabled: true, ...envoy }])],
      'envoy|envoy',
    ],
  ])('%s', (_, policies, wanted) => expect(logs(policies)).toBe(wanted))

  test('without a Telemetry that speaks of logs the file of meshConfig counts, else the default providers', () => {
    const withFile = { ...SETTINGS, accessLog: sink('envoy') }
    expect(logs([], withFile)).toBe('envoy|envoy')
    expect(logs([policy('shop', [])], withFile)).toBe('envoy|envoy')
    expect(logs([policy('shop', [{ disabled: true, ...envoy }])], withFile)).toBe('|')
    expect(logs([], { ...withFile, defaultLogProviders: ['file'] })).toBe('file|file')
  })
})
