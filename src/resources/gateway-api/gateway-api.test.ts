import { describe, expect, test } from 'vitest'
import { allKinds, findKindByName } from '../all-kinds.ts'
import { formatFieldError } from '../field-error.ts'
import type { KubeObject } from '../kube-object.ts'
import { schemaLibrary } from '../schema-library.ts'
import { findUnknownFields } from '../unknown-fields.ts'
import { validateAgainstSchema } from '../validate-schema.ts'

const GROUP = 'gateway.networking.k8s.io'

const objectOf = (kind: string, spec: object, version = 'v1'): KubeObject => ({
  apiVersion: `${GROUP}/${version}`,
  kind,
  metadata: { name: 'a', namespace: 'default' },
  ...{ spec },
})

/** What the API server would say of an object, defaults applied; the fields alone. */
const complaints = (kind: string, spec: object, version = 'v1'): readonly string[] => {
  const row = findKindByName(allKinds, GROUP, kind)
  if (row === undefined) return ['no such kind']
  const object = objectOf(kind, spec, version)
  const schema = row.schema(version)
  const errors = validateAgainstSchema(schema, schemaLibrary, object)
  return [
    ...findUnknownFields(schema, schemaLibrary, object).map(({ path }) => path),
    ...(errors.length > 0 ? errors : row.validate(row.applyDefaults(object))).map(({ field }) => field),
  ]
}

const rule = (fields: object): object => ({ rules: [fields] })
const session = (fields: object): object => rule({ sessionPersistence: fields })
const prefix = (value: string, type = 'PathPrefix'): object => rule({ matches: [{ path: { type, value } }] })
const rewrite = (type = 'URLRewrite'): object => ({
  type,
  [type === 'URLRewrite' ? 'urlRewrite' : 'requestRedirect']: {
    path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/' },
  },
})
const service = { name: 'web', port: 80 }
const parent = (fields: object): object => ({ name: 'gateway', ...fields })

describe('HTTPRoute', () => {
  test.each<[string, object, readonly string[]]>([
    ['everything is optional', {}, []],
    [
      'a Service needs a port',
      rule({ backendRefs: [{ name: 'web' }] }),
      ['spec.rules[0].backendRefs[0].port'],
    ],
    ['another kind needs none', rule({ backendRefs: [{ name: 'b', group: 'x.io', kind: 'Bucket' }] }), []],
    ['a path begins with a slash', prefix('web'), ['spec.rules[0].matches[0].path.value']],
    ['a path has no empty part', prefix('/a//b'), ['spec.rules[0].matches[0].path.value']],
    ['a regular expression is no path', prefix('a//b.*', 'RegularExpression'), []],
    ['a session has a cookie', session({ cookie: { name: 'a', path: '/' } }), []],
    ['a session has a header', session({ type: 'Header', header: { name: 'a' } }), []],
    ['a session of old', session({ sessionName: 'a', cookieConfig: { lifetimeType: 'Session' } }), []],
    [
      'a session has the field of its type',
      session({ header: { name: 'a' } }),
      ['spec.rules[0].sessionPersistence.header'],
    ],
    [
      'a session has no cookie in a header',
      session({ type: 'Header', cookie: {} }),
      ['spec.rules[0].sessionPersistence.cookie'],
    ],
    [
      'a session of old has no cookie in a header either',
      session({ type: 'Header', cookieConfig: {} }),
      ['spec.rules[0].sessionPersistence.cookieConfig'],
    ],
    ['a retry is at least one', rule({ retry: { attempts: 0 } }), ['spec.rules[0].retry.attempts']],
    [
      'a lasting cookie ends some day',
      session({ cookie: { lifetimeType: 'Permanent' } }),
      ['spec.rules[0].sessionPersistence.absoluteTimeout'],
    ],
    [
      'a header has the name of one',
      session({ type: 'Header', header: { name: 'a b' } }),
      ['spec.rules[0].sessionPersistence.header.name'],
    ],
    [
      'a filter has the field of its type',
      rule({ filters: [{ type: 'RequestMirror' }] }),
      ['spec.rules[0].filters[0].requestMirror'],
    ],
    [
      'a filter has no other field',
      rule({
        filters: [
          { type: 'RequestMirror', requestMirror: { backendRef: service }, urlRewrite: { hostname: 'a.b' } },
        ],
      }),
      ['spec.rules[0].filters[0].urlRewrite'],
    ],
    ['a filter stands once', rule({ filters: [rewrite(), rewrite()] }), ['spec.rules[0].filters[1].type']],
    [
      'a redirect has no backend',
      rule({ filters: [rewrite('RequestRedirect')], backendRefs: [service] }),
      ['spec.rules[0].backendRefs'],
    ],
    [
      'a replaced prefix is one that was matched',
      rule({ matches: [{ path: { type: 'Exact', value: '/a' } }], filters: [rewrite()] }),
      ['spec.rules[0].matches'],
    ],
    [
      'one call takes no longer than all',
      rule({ timeouts: { request: '1s', backendRequest: '1500ms' } }),
      ['spec.rules[0].timeouts.backendRequest'],
    ],
    ['no limit for all', rule({ timeouts: { request: '0s', backendRequest: '5s' } }), []],
    [
      'two references to one parent say which part',
      { parentRefs: [parent({}), parent({ sectionName: 'https' })] },
      ['spec.parentRefs[1]'],
    ],
    [
      'a parent is referred to once',
      { parentRefs: [parent({ sectionName: 'https' }), parent({ sectionName: 'https' })] },
      ['spec.parentRefs[1]'],
    ],
    [
      'parts of one parent',
      { parentRefs: [parent({ sectionName: 'http' }), parent({ sectionName: 'https' })] },
      [],
    ],
    [
      'a header is set once',
      rule({
        filters: [
          {
            type: 'RequestHeaderModifier',
            requestHeaderModifier: {
              set: [
                { name: 'a', value: 'b' },
                { name: 'a', value: 'c' },
              ],
            },
          },
        ],
      }),
      ['spec.rules[0].filters[0].requestHeaderModifier.set[1]'],
    ],
    ['a misspelled field', rule({ backends: [service] }), ['spec.rules[0].backends']],
    ['names of rules', { rules: [{ name: 'a' }, { name: 'a' }] }, ['spec.rules[1].name']],
    [
      'matches',
      { rules: Array.from({ length: 3 }, () => ({ matches: Array(60).fill({}) })) },
      ['spec.rules'],
    ],
  ])('%s', (_title, spec, fields) => {
    expect(complaints('HTTPRoute', spec)).toEqual(fields)
  })

  test('defaults are those of the CustomResourceDefinition', () => {
    const row = findKindByName(allKinds, GROUP, 'HTTPRoute')
    const complete = row?.applyDefaults(
      objectOf('HTTPRoute', {
        parentRefs: [{ name: 'g' }],
        rules: [{ backendRefs: [{ name: 'web', port: 80 }] }],
      }),
    )
    expect(complete).toMatchObject({
      spec: {
        parentRefs: [{ group: GROUP, kind: 'Gateway', name: 'g' }],
        rules: [
          {
            matches: [{ path: { type: 'PathPrefix', value: '/' } }],
            backendRefs: [{ group: '', kind: 'Service', name: 'web', port: 80, weight: 1 }],
          },
        ],
      },
    })
    if (complete !== undefined) expect(row?.applyDefaults(complete)).toBe(complete)
  })
})

describe('the other routes', () => {
  test.each<[string, string, object, readonly string[]]>([
    [
      'GRPCRoute',
      'a method match names one of both',
      rule({ matches: [{ method: { type: 'Exact' } }] }),
      ['spec.rules[0].matches[0].method'],
    ],
    [
      'GRPCRoute',
      'a method is a name',
      rule({ matches: [{ method: { service: 'a.b', method: 'a-b' } }] }),
      ['spec.rules[0].matches[0].method.method'],
    ],
    ['TLSRoute', 'names hosts', rule({ backendRefs: [service] }), ['spec.hostnames']],
    [
      'TLSRoute',
      'a host is no address',
      { hostnames: ['10.0.0.1'], ...rule({ backendRefs: [service] }) },
      ['spec.hostnames[0]'],
    ],
    [
      'TCPRoute',
      'a Service needs a port',
      rule({ backendRefs: [{ name: 'a' }] }),
      ['spec.rules[0].backendRefs[0].port'],
    ],
    ['UDPRoute', 'is complete', rule({ backendRefs: [service] }), []],
  ])('%s: %s', (kind, _title, spec, fields) => {
    expect(complaints(kind, spec)).toEqual(fields)
  })

  test('TLSRoute needed no hosts in its first version', () => {
    expect(complaints('TLSRoute', rule({ backendRefs: [service] }), 'v1alpha2')).toEqual([])
  })
})

describe('Gateway', () => {
  const listener = (fields: object): object => ({ name: 'l', port: 80, protocol: 'HTTP', ...fields })
  const gateway = (...listeners: readonly object[]): object => ({ gatewayClassName: 'weft', listeners })
  test.each<[string, object, readonly string[]]>([
    ['plain HTTP', gateway(listener({})), []],
    [
      'no TLS in HTTP',
      gateway(listener({ tls: { certificateRefs: [{ name: 'c' }] } })),
      ['spec.listeners[0].tls'],
    ],
    [
      'certificates where TLS ends',
      gateway(listener({ protocol: 'HTTPS', tls: {} })),
      ['spec.listeners[0].tls.certificateRefs'],
    ],
    [
      'HTTPS ends here',
      gateway(listener({ protocol: 'HTTPS', tls: { mode: 'Passthrough' } })),
      ['spec.listeners[0].tls.mode'],
    ],
    ['TLS says where it ends', gateway(listener({ protocol: 'TLS' })), ['spec.listeners[0].tls.mode']],
    [
      'TCP has no hosts',
      gateway(listener({ protocol: 'TCP', hostname: 'a.b' })),
      ['spec.listeners[0].hostname'],
    ],
    ['names differ', gateway(listener({}), listener({ port: 81 })), ['spec.listeners[1]']],
    ['ports differ', gateway(listener({}), listener({ name: 'm' })), ['spec.listeners[1]']],
    [
      'an address is one',
      { ...gateway(listener({})), addresses: [{ value: '10.0.0' }] },
      ['spec.addresses[0].value'],
    ],
  ])('%s', (_title, spec, fields) => {
    expect(complaints('Gateway', spec)).toEqual(fields)
  })

  test('waits for its controller from the start', () => {
    const row = findKindByName(allKinds, GROUP, 'Gateway')
    const complete = row?.applyDefaults(objectOf('Gateway', gateway(listener({}))))
    expect(complete).toMatchObject({
      status: {
        conditions: [{ type: 'Accepted', status: 'Unknown', reason: 'Pending' }, { type: 'Programmed' }],
      },
    })
  })
})

test('BackendTLSPolicy names its authority once', () => {
  const policy = (validation: object): object => ({
    targetRefs: [{ group: '', kind: 'Service', name: 'web' }],
    validation: { hostname: 'web.example', ...validation },
  })
  expect(complaints('BackendTLSPolicy', policy({}))).toEqual(['spec.validation'])
  expect(complaints('BackendTLSPolicy', policy({ wellKnownCACertificates: 'System' }))).toEqual([])
  const names = { wellKnownCACertificates: 'System', subjectAltNames: [{ type: 'URI', hostname: 'a.b' }] }
  expect(complaints('BackendTLSPolicy', policy(names))).toEqual([
    'spec.validation.subjectAltNames[0].hostname',
    'spec.validation.subjectAltNames[0].uri',
  ])
})

test('a GatewayClass keeps its controller', () => {
  const row = findKindByName(allKinds, GROUP, 'GatewayClass')
  const old = objectOf('GatewayClass', { controllerName: 'a.io/x' })
  const changed = objectOf('GatewayClass', { controllerName: 'b.io/x' })
  expect(row?.validate(changed, old).map(formatFieldError)).toEqual([
    'spec.controllerName: Forbidden: field is immutable',
  ])
})

test('old versions say so', () => {
  const row = findKindByName(allKinds, GROUP, 'TCPRoute')
  expect(row?.warnings?.(objectOf('TCPRoute', {}, 'v1alpha2'))).toEqual([
    'TCPRoute a: stored, not carried out yet',
    'The v1alpha2 version of TCPRoute has been deprecated and will be removed in a future release of the API. Please upgrade to v1.',
  ])
})

test('connections have one rule since version v1', () => {
  const spec = { rules: [{ backendRefs: [service] }, { backendRefs: [service] }] }
  expect(complaints('TCPRoute', spec)).toEqual(['spec.rules'])
  expect(complaints('TCPRoute', spec, 'v1alpha2')).toEqual([])
})

test('a ReferenceGrant without a spec grants nothing', () => {
  const row = findKindByName(allKinds, GROUP, 'ReferenceGrant')
  const { apiVersion, kind, metadata } = objectOf('ReferenceGrant', {})
  expect(row?.validate({ apiVersion, kind, metadata }).map(({ field }) => field)).toEqual(['spec'])
})
