/** Requests and objects that no client should send: each is answered by a Status with the right code and reason. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { allKinds } from '../resources/all-kinds.ts'
import type { Kind } from '../resources/kind.ts'
import { createRig, requestOf, type Rig } from './api-server-rig.conformance.ts'
import { isBuiltIn } from './decode-object.ts'
import { apiVersionOf } from './kind-index.ts'

/** Kubernetes' reason for each code (apimachinery pkg/apis/meta/v1 StatusReason). */
const reasons: Readonly<Record<number, readonly string[]>> = {
  400: ['BadRequest'],
  404: ['NotFound'],
  405: ['MethodNotAllowed'],
  406: ['NotAcceptable'],
  409: ['Conflict', 'AlreadyExists'],
  410: ['Expired'],
  413: ['RequestEntityTooLarge'],
  415: ['UnsupportedMediaType'],
  422: ['Invalid'],
  504: ['Timeout'],
}

const configMaps = '/api/v1/namespaces/default/configmaps'
const pods = '/api/v1/namespaces/default/pods'
const deployments = '/apis/apps/v1/namespaces/default/deployments'
const virtualServices = '/apis/networking.istio.io/v1/namespaces/default/virtualservices'

let rig: Rig

beforeAll(async () => {
  rig = await createRig()
  await rig.call('POST', configMaps, { metadata: { name: 'there' }, data: { a: '1' } })
  await rig.call('POST', pods, {
    metadata: { name: 'there' },
    spec: { containers: [{ name: 'a', image: 'i' }] },
  })
  const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'a', image: 'i' }] } }
  await rig.call('POST', deployments, {
    metadata: { name: 'there' },
    spec: { selector: { matchLabels: { a: 'b' } }, template },
  })
  await rig.call('POST', virtualServices, {
    metadata: { name: 'there' },
    spec: { hosts: ['a'], http: [{ route: [{ destination: { host: 'a' } }] }] },
  })
  await rig.call('POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'there' } })
})

// Whatever was sent: nothing was an error of the server's own, and it answers as before.
afterAll(async () => {
  expect(rig.logged).toEqual([])
  expect((await rig.call('GET', `${configMaps}/there`)).code).toBe(200)
  await rig.close()
})

interface Malformed {
  readonly method?: string
  readonly url?: string
  /** Text and bytes go out as they are, anything else as JSON. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** Sends it and checks everything that holds of every failure; gives the code and the message. */
const refused = async ({
  method = 'POST',
  url = configMaps,
  body,
  headers = {},
}: Malformed): Promise<{
  readonly code: number
  readonly message: string
}> => {
  const request = requestOf(method, url, {
    headers,
    ...(body === undefined || Buffer.isBuffer(body) ? {} : { body }),
  })
  const answer = await rig.server.answer(
    Buffer.isBuffer(body) ? { ...request, readBody: async () => ({ ok: true, value: body }) } : request,
  )
  if (answer.kind !== 'body') throw new Error(`answered by a ${answer.kind}`)
  expect(answer.contentType).toBe('application/json')
  const status = JSON.parse(answer.body.toString())
  expect(status).toMatchObject({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code: answer.code })
  expect(reasons[answer.code] ?? []).toContain(status.reason)
  expect(status.message).not.toBe('')
  return { code: answer.code, message: status.message }
}

const yaml = { 'content-type': 'application/yaml' }
const protobuf = { 'content-type': 'application/vnd.kubernetes.protobuf' }
const k8s = (...bytes: readonly number[]): Buffer => Buffer.concat([Buffer.from('k8s\0'), Buffer.from(bytes)])
const deep = (count: number): string => `${'{"a":'.repeat(count)}1${'}'.repeat(count)}`

describe('bodies that cannot be read', () => {
  test.each<[string, string | Buffer, Readonly<Record<string, string>>]>([
    ['nothing', '', {}],
    ['blanks', ' \n\t ', {}],
    ['an open object', '{', {}],
    ['an open list', '[', {}],
    ['an open text', '{"metadata":{"name":"a', {}],
    ['a list', '[]', {}],
    ['a list of objects', '[{"metadata":{"name":"a"}}]', {}],
    ['a text', '"a"', {}],
    ['a number', '1', {}],
    ['null', 'null', {}],
    ['true', 'true', {}],
    ['NaN', 'NaN', {}],
    ['a comma too much', '{"metadata":{"name":"a"},}', {}],
    ['single quotes', "{'metadata':{}}", {}],
    ['no quotes', '{metadata:{}}', {}],
    ['two objects', '{"metadata":{"name":"a"}}{"metadata":{"name":"b"}}', {}],
    ['a comment', '{} // {', {}],
    ['a control character', '{"metadata":{"name":"\u0001"}}', {}],
    ['a broken escape', '{"metadata":{"name":"\\x"}}', {}],
    ['YAML as JSON', 'metadata:\n  name: a\n', {}],
    ['XML', '<ConfigMap/>', {}],
    ['a prototype', '{"__proto__":{"a":1},"metadata":{"name":"a"}}', {}],
    ['bytes', Buffer.from([0xff, 0xfe, 0x00, 0x01]), {}],
    ['a NUL', Buffer.from('{}\0'), {}],
    ['YAML: broken indentation', 'metadata:\n  name: a\n name: b\n', yaml],
    ['YAML: a tab', 'metadata:\n\tname: a\n', yaml],
    ['YAML: an open quote', 'metadata: "a\n', yaml],
    ['YAML: an open list', 'metadata: [a\n', yaml],
    ['YAML: a key twice', 'kind: ConfigMap\nkind: ConfigMap\n', yaml],
    ['YAML: an unknown alias', 'metadata: *a\n', yaml],
    ['YAML: text', 'just text', yaml],
    ['YAML: a list', '- a\n- b\n', yaml],
    ['YAML: two documents', 'kind: ConfigMap\n---\nkind: ConfigMap\n', yaml],
    ['YAML: a prototype', '__proto__:\n  a: 1\n', yaml],
    [
      'YAML: laughs',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${['b', 'c', 'd', 'e', 'f', 'g'].map((name, index) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcdef'[index]}`).join(',')}]`).join('\n')}\n`,
      yaml,
    ],
    ['protobuf: nothing', Buffer.alloc(0), protobuf],
    ['protobuf: JSON', '{"metadata":{"name":"a"}}', protobuf],
    ['protobuf: the prefix alone', k8s(), protobuf],
    ['protobuf: a broken tag', k8s(0x0a, 0xff), protobuf],
    ['protobuf: a length beyond the end', k8s(0x0a, 0x7f, 0x01), protobuf],
    [
      'protobuf: an unknown kind',
      k8s(0x0a, 0x09, 0x0a, 0x02, 0x76, 0x31, 0x12, 0x03, 0x46, 0x6f, 0x6f),
      protobuf,
    ],
    [
      'protobuf: a broken varint',
      k8s(0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80),
      protobuf,
    ],
  ])('%s', async (_name, body, headers) => {
    expect((await refused({ body, headers })).code).toBe(400)
  })

  test.each<[string, string, number]>([
    ['deep JSON', deep(499), 422],
    ['deeper JSON', deep(2_000), 400],
    ['very deep JSON', deep(100_000), 400],
    ['very deep lists', `{"metadata":{"name":"a"},"data":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 400],
  ])('%s ends in a refusal, not in a stack', async (_name, body, code) => {
    expect((await refused({ body })).code).toBe(code)
  })
})

describe('media types', () => {
  test.each([
    'text/plain',
    'application/xml',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
    'application/cbor',
    'json',
    'application/jsonp',
    'text/json',
  ])('a body of %s', async (type) => {
    const headers = { 'content-type': type }
    const body = { metadata: { name: 'a' } }
    expect((await refused({ body, headers })).code).toBe(415)
    expect((await refused({ method: 'PUT', url: `${configMaps}/there`, body, headers })).code).toBe(415)
  })

  test.each([
    '',
    'application/json',
    'application/yaml',
    'text/plain',
    'application/json-patch',
    'application/merge-patch+yaml',
  ])('a patch of %s', async (type) => {
    const headers = { 'content-type': type }
    expect((await refused({ method: 'PATCH', url: `${configMaps}/there`, body: {}, headers })).code).toBe(415)
  })

  test('a strategic merge patch of a custom resource', async () => {
    const headers = { 'content-type': 'application/strategic-merge-patch+json' }
    expect(
      (await refused({ method: 'PATCH', url: `${virtualServices}/there`, body: {}, headers })).code,
    ).toBe(415)
  })

  test.each([
    'text/html',
    'image/png',
    'application/xml',
    'application/json;as=Chart;v=v1;g=meta.k8s.io',
    'application/json;as=Table;v=v9;g=meta.k8s.io',
    'application/vnd.kubernetes.protobuf;as=Table;v=v1;g=meta.k8s.io',
  ])('an answer as %s', async (accept) => {
    for (const url of [configMaps, `${configMaps}/there`, `${configMaps}?watch=1`]) {
      expect((await refused({ method: 'GET', url, headers: { accept } })).code).toBe(406)
    }
  })

  test('protobuf of a custom resource', async () => {
    const headers = { accept: 'application/vnd.kubernetes.protobuf' }
    expect((await refused({ method: 'GET', url: virtualServices, headers })).code).toBe(406)
  })
})

describe('paths', () => {
  test.each([
    '/api/v1/namespaces/default/configmaps/a%2Fb',
    '/api/v1/namespaces/default%2Fconfigmaps',
    '/api/v1/namespaces/..%2Fdefault/configmaps',
    '/api/v1/namespaces/../default/configmaps',
    '/api/v1/namespaces/./configmaps',
    '/api/v1/namespaces/%2e%2e/configmaps',
    '/api/v1/namespaces/default/configmaps/%00',
    '/api/v1/namespaces/default/configmaps/a%0ab',
    '/api/v1/namespaces/default/configmaps/%',
    '/api/v1/namespaces/default/configmaps/%zz',
    '/api/v1/namespaces/default/configmaps/%c3%28',
    '/api/v1/namespaces/default/configmaps/a%25b',
    '/api/v1/namespaces/default/configmaps/a\\b',
    '/api/v1/namespaces/default/configmaps/a%5cb',
    '/..',
    '/../../etc/passwd',
    '/api/v1/../../etc/passwd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/version/..%2f..%2fapi',
  ])('%s is no path', async (url) => {
    for (const method of ['GET', 'POST', 'DELETE']) {
      expect((await refused({ method, url, body: {} })).code).toBe(400)
    }
  })

  test.each([
    '/nothing',
    '/api/v2',
    '/api/v2/pods',
    '/api/v1/nothings',
    '/api/v1/Pods',
    '/api/v1/pod',
    '/apis/nothing',
    '/apis/apps/v9',
    '/apis/apps/v9/deployments',
    '/apis/apps/v1/pods',
    '/apis//v1/pods',
    '/apis/v1/pods',
    '/api/v1/namespaces/default/nodes',
    '/api/v1/namespaces/default/namespaces/x',
    '/api/v1/pods/there',
    '/api/v1/namespaces/default/pods/there/nothing',
    '/api/v1/namespaces/default/pods/there/status/x',
    '/api/v1/namespaces/default/configmaps/there/status',
    '/api/v1/namespaces/default/configmaps/there/scale',
    '/api/v1/namespaces/default/configmaps/missing',
    '/api/v1/namespaces/nowhere/configmaps/missing',
    '/api/v1/namespaces/default/pods/missing/log',
    `/api/v1/namespaces/default/configmaps/${'a'.repeat(5_000)}`,
    '/openapi/v4',
    '/openapi/v3/apis/nothing/v1',
    '/healthz/nothing/more',
    '/api/v1/namespaces/default/configmaps/constructor',
    '/apis/__proto__/v1/constructors',
    '/api/v1/__proto__',
  ])('%s is not there', async (url) => {
    expect((await refused({ method: 'GET', url })).code).toBe(404)
  })

  test.each<[string, string]>([
    ['POST', `${configMaps}/there`],
    ['PUT', configMaps],
    ['PATCH', configMaps],
    ['OPTIONS', configMaps],
    ['TRACE', configMaps],
    ['BREW', `${configMaps}/there`],
    ['POST', '/api/v1/configmaps'],
    ['DELETE', '/api/v1/configmaps'],
    ['POST', '/version'],
    ['DELETE', '/healthz'],
    ['PUT', '/apis'],
    ['DELETE', `${deployments}/there/scale`],
    ['POST', `${deployments}/there/status`],
    ['GET', `${pods}/there/eviction`],
    ['PUT', `${pods}/there/binding`],
    ['PUT', `${pods}/there/log`],
    ['GET', '/api/v1/namespaces/default/serviceaccounts/there/token'],
    ['POST', '/api/v1/watch/pods'],
    ['GET', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'],
    ['DELETE', '/apis/authentication.k8s.io/v1/selfsubjectreviews/x'],
  ])('%s is no method of %s', async (method, url) => {
    expect((await refused({ method, url, body: {} })).code).toBe(405)
  })
})

describe('query parameters', () => {
  test.each<[string, number]>([
    ['limit=x', 400],
    ['limit=-1', 400],
    ['limit=1.5', 400],
    ['limit=99999999999999999999', 400],
    ['resourceVersion=x', 400],
    ['resourceVersion=-1', 400],
    ['resourceVersion=99999999', 504],
    ['resourceVersion=999999999999999999999', 400],
    ['continue=x', 400],
    ['continue=%7B%7D', 400],
    [`continue=${Buffer.from('{"v":"meta.k8s.io/v1","rv":-7,"start":"a"}').toString('base64url')}`, 400],
    [`continue=${Buffer.from('{"v":"meta.k8s.io/v1","rv":"1","start":"a"}').toString('base64url')}`, 400],
    [`continue=${Buffer.from('{"v":"meta.k8s.io/v1","rv":1}').toString('base64url')}`, 400],
    [`continue=${Buffer.from('{"v":"other","rv":1,"start":"a"}').toString('base64url')}`, 400],
    [`continue=${Buffer.from('[]').toString('base64url')}`, 400],
    [
      `continue=${Buffer.from('{"v":"meta.k8s.io/v1","rv":99999999,"start":"a"}').toString('base64url')}`,
      504,
    ],
    [`continue=${'A'.repeat(10_000)}`, 400],
    ['labelSelector=a%3D%3D%3D', 400],
    ['labelSelector=a+in', 400],
    ['labelSelector=a+in+(', 400],
    ['labelSelector=a+in+()%2C%2C', 400],
    ['labelSelector=!', 400],
    ['labelSelector=-a', 400],
    ['labelSelector=a%3Db%20c', 400],
    ['labelSelector=a%2Fb%2Fc', 400],
    [`labelSelector=${'a'.repeat(64)}`, 400],
    ['labelSelector=a%3E1.5', 400],
    ['fieldSelector=spec.nothing%3D1', 400],
    ['fieldSelector=metadata.name', 400],
    ['fieldSelector=metadata.name%3Da%3Db', 400],
    ['fieldSelector=__proto__%3Da', 400],
    ['watch=1&timeoutSeconds=x', 400],
    ['watch=1&timeoutSeconds=-1', 400],
    ['watch=1&resourceVersion=x', 400],
    ['watch=1&resourceVersion=99999999', 504],
    ['watch=1&sendInitialEvents=true', 422],
    ['watch=1&fieldSelector=x%3Dy', 400],
    ['watch=1&labelSelector=%3D', 400],
    ['resourceVersionMatch=Sometimes&resourceVersion=1', 422],
  ])('GET with %s', async (query, code) => {
    expect((await refused({ method: 'GET', url: `${configMaps}?${query}` })).code).toBe(code)
  })

  test.each([
    'dryRun=Some',
    'dryRun=all',
    'fieldValidation=Hard',
    'fieldValidation=strict',
    `fieldManager=${'m'.repeat(129)}`,
  ])('writes with %s', async (query) => {
    const body = { metadata: { name: 'a' } }
    expect((await refused({ url: `${configMaps}?${query}`, body })).code).toBe(400)
    expect((await refused({ method: 'PUT', url: `${configMaps}/there?${query}`, body })).code).toBe(400)
    const headers = { 'content-type': 'application/merge-patch+json' }
    expect(
      (await refused({ method: 'PATCH', url: `${configMaps}/there?${query}`, body: {}, headers })).code,
    ).toBe(400)
  })

  test.each([
    'propagationPolicy=Maybe',
    'gracePeriodSeconds=x',
    'gracePeriodSeconds=-1',
    'gracePeriodSeconds=1.5',
    'dryRun=Most',
  ])('DELETE with %s', async (query) => {
    expect((await refused({ method: 'DELETE', url: `${configMaps}/there?${query}` })).code).toBe(400)
    expect((await refused({ method: 'DELETE', url: `${configMaps}?${query}` })).code).toBe(400)
  })

  test.each<[unknown, number]>([
    ['{', 400],
    [{ kind: 'Pod' }, 400],
    [{ propagationPolicy: 'Sometimes' }, 400],
    [{ gracePeriodSeconds: 'soon' }, 400],
    [{ gracePeriodSeconds: -5 }, 400],
    [{ preconditions: { uid: 'another' } }, 409],
    [{ preconditions: { resourceVersion: '1' } }, 409],
    [[], 400],
    ['"all"', 400],
  ])('DELETE with the body %j', async (body, code) => {
    expect((await refused({ method: 'DELETE', url: `${configMaps}/there`, body })).code).toBe(code)
  })
})

describe('patches', () => {
  const types = {
    json: 'application/json-patch+json',
    merge: 'application/merge-patch+json',
    strategic: 'application/strategic-merge-patch+json',
    apply: 'application/apply-patch+yaml',
  }
  const op = (operation: object): readonly object[] => [operation]
  const named = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'there' } }

  test.each<[keyof typeof types, unknown, number]>([
    ['json', '', 400],
    ['json', '{', 400],
    ['json', {}, 400],
    ['json', 'null', 400],
    ['json', ['text'], 400],
    ['json', op({}), 422],
    ['json', op({ op: 'add' }), 422],
    ['json', op({ op: 'add', path: 'data' }), 422],
    ['json', op({ op: 'fly', path: '/data' }), 422],
    ['json', op({ op: 'add', path: 7, value: 1 }), 422],
    ['json', op({ op: 'move', path: '/data' }), 422],
    ['json', op({ op: 'remove', path: '/data/missing' }), 422],
    ['json', op({ op: 'replace', path: '/data/missing', value: '1' }), 422],
    ['json', op({ op: 'test', path: '/data/a', value: '2' }), 422],
    ['json', op({ op: 'test', path: '/data/missing', value: '2' }), 422],
    ['json', op({ op: 'copy', from: '/nothing', path: '/data/b' }), 422],
    ['json', op({ op: 'move', from: '/data', path: '/data/a/b' }), 422],
    ['json', op({ op: 'add', path: '/data/a/b', value: 1 }), 422],
    ['json', op({ op: 'add', path: '/metadata/finalizers/9', value: 'x/y' }), 422],
    ['json', op({ op: 'remove', path: '' }), 422],
    ['json', op({ op: 'replace', path: '', value: 1 }), 400],
    ['json', op({ op: 'add', path: '/data', value: 1 }), 400],
    ['json', op({ op: 'replace', path: '/metadata/name', value: 'other' }), 400],
    ['json', op({ op: 'replace', path: '/kind', value: 'Secret' }), 400],
    ['json', op({ op: 'add', path: '/__proto__/polluted', value: 1 }), 422],
    ['json', op({ op: 'add', path: '/constructor/prototype/x', value: 1 }), 422],
    ['json', Array.from({ length: 10_001 }, () => ({ op: 'test', path: '/data/a', value: '1' })), 413],
    ['merge', '', 400],
    ['merge', '[', 400],
    ['merge', [], 400],
    ['merge', '"x"', 400],
    ['merge', '7', 400],
    ['merge', { metadata: { name: 'other' } }, 400],
    ['merge', { metadata: { namespace: 'other' } }, 400],
    ['merge', { metadata: { resourceVersion: '1' } }, 409],
    ['merge', { metadata: { uid: 'other' } }, 409],
    ['merge', { metadata: 'x' }, 400],
    ['merge', { data: 'x' }, 400],
    ['merge', { data: { a: 1 } }, 400],
    ['merge', { data: { 'not a key': '1' } }, 422],
    ['merge', { metadata: { labels: { 'not ok!': 'x' } } }, 422],
    ['merge', { metadata: { finalizers: ['no spaces'] } }, 422],
    ['merge', { apiVersion: 'v9' }, 400],
    ['strategic', [], 400],
    ['strategic', '{', 400],
    ['strategic', { $patch: 'explode' }, 400],
    ['strategic', { data: { $patch: 7 } }, 400],
    ['strategic', { metadata: { '$setElementOrder/finalizers': 'x' } }, 400],
    ['apply', named, 400],
    ['apply', '', 400],
  ])('%s: %.200j', async (type, body, code) => {
    const headers = { 'content-type': types[type] }
    expect((await refused({ method: 'PATCH', url: `${configMaps}/there`, body, headers })).code).toBe(code)
  })

  test.each<[unknown, number]>([
    ['', 400],
    ['{', 400],
    ['[]', 400],
    ['- a', 400],
    [{}, 400],
    [{ kind: 'ConfigMap' }, 400],
    [{ ...named, apiVersion: 'v2' }, 400],
    [{ ...named, kind: 'Secret' }, 400],
    [{ ...named, metadata: { name: 'other' } }, 400],
    [{ ...named, metadata: { name: 'there', namespace: 'other' } }, 400],
    [{ ...named, metadata: { name: 'there', managedFields: [] } }, 400],
    [{ ...named, metadata: { name: 'there', resourceVersion: '1' } }, 409],
    [{ ...named, data: { a: 'mine' } }, 409],
    [{ ...named, data: [] }, 400],
  ])('apply by a manager: %j', async (body, code) => {
    const headers = { 'content-type': types.apply }
    const url = `${configMaps}/there?fieldManager=me`
    expect((await refused({ method: 'PATCH', url, body, headers })).code).toBe(code)
  })
})

describe('subresources', () => {
  test.each<[string, string, unknown, number]>([
    ['PUT', `${deployments}/there/scale`, '', 400],
    ['PUT', `${deployments}/there/scale`, [], 400],
    ['PUT', `${deployments}/there/scale`, { spec: { replicas: 'many' } }, 400],
    ['PUT', `${deployments}/there/scale`, { spec: { replicas: -1 } }, 422],
    ['PUT', `${deployments}/missing/scale`, { spec: { replicas: 1 } }, 404],
    ['PUT', `${deployments}/there/status`, { metadata: { name: 'other' } }, 400],
    ['PUT', `${deployments}/there/status`, '{', 400],
    ['POST', `${pods}/there/binding`, {}, 400],
    ['POST', `${pods}/there/binding`, [], 400],
    ['POST', `${pods}/missing/binding`, { target: { name: 'n' } }, 404],
    ['POST', `${pods}/there/eviction`, [], 400],
    ['POST', `${pods}/missing/eviction`, {}, 404],
    ['POST', `${pods}/there/eviction`, { deleteOptions: { gracePeriodSeconds: -1 } }, 400],
    ['GET', `${pods}/there/exec?command=ls`, undefined, 400],
    ['GET', `${pods}/there/portforward`, undefined, 400],
    ['GET', `${pods}/there/log?container=nobody`, undefined, 400],
    ['POST', '/api/v1/namespaces/default/serviceaccounts/there/token', '[]', 400],
    [
      'POST',
      '/api/v1/namespaces/default/serviceaccounts/there/token',
      { spec: { expirationSeconds: 1 } },
      422,
    ],
    ['POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {}, 422],
    ['POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', { spec: 'x' }, 400],
    [
      'POST',
      '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      { spec: { resourceAttributes: 'x' } },
      400,
    ],
    ['PUT', '/api/v1/namespaces/default/finalize', '{', 400],
  ])('%s %s %j', async (method, url, body, code) => {
    expect((await refused({ method, url, ...(body === undefined ? {} : { body }) })).code).toBe(code)
  })
})

describe('large requests', () => {
  test('a body of just below the limit is read, and refused for what it holds', async () => {
    const data = { a: 'x'.repeat(2 * 1024 * 1024) }
    expect((await refused({ body: { metadata: { name: 'large' }, data } })).code).toBe(422)
  })

  test('metadata that is too large', async () => {
    const annotations = { a: 'x'.repeat(300 * 1024) }
    expect((await refused({ body: { metadata: { name: 'large', annotations } } })).code).toBe(422)
    const labels = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`l${index}!`, 'x']))
    expect((await refused({ body: { metadata: { name: 'large', labels } } })).code).toBe(422)
  })
})

describe('every kind', () => {
  const urlOf = (kind: Kind): string => {
    const apiVersion = apiVersionOf(kind.group, kind.versions[0] ?? '')
    const base = kind.group === '' ? `/api/${apiVersion}` : `/apis/${apiVersion}`
    return kind.namespaced ? `${base}/namespaces/default/${kind.plural}` : `${base}/${kind.plural}`
  }
  const wrongObjects: readonly (readonly [string, unknown, readonly number[]])[] = [
    ['another kind', { kind: 'Nothing', metadata: { name: 'a' } }, [400]],
    ['another version', { apiVersion: 'other/v1', metadata: { name: 'a' } }, [400]],
    ['metadata as a text', { metadata: 'a' }, [400]],
    ['metadata as a list', { metadata: [] }, [400]],
    ['a number as name', { metadata: { name: 1 } }, [400, 422]],
    ['an object as name', { metadata: { name: {} } }, [400, 422]],
    ['labels as a list', { metadata: { name: 'a', labels: ['a'] } }, [400, 422]],
    ['a number as label', { metadata: { name: 'a', labels: { a: 1 } } }, [400, 422]],
    ['annotations as a text', { metadata: { name: 'a', annotations: 'x' } }, [400, 422]],
    ['finalizers as a text', { metadata: { name: 'a', finalizers: 'x' } }, [400, 422]],
    ['owners as an object', { metadata: { name: 'a', ownerReferences: {} } }, [400, 422]],
    ['a time that is none', { metadata: { name: 'a', creationTimestamp: 'yesterday' } }, [400, 422]],
    ['no name', { metadata: {} }, [400, 422]],
    ['a version of its own', { metadata: { name: 'a', resourceVersion: '7' } }, [400, 422]],
    ['a name with a slash', { metadata: { name: 'a/b' } }, [400, 422]],
    ['a name that is too long', { metadata: { name: 'a'.repeat(300) } }, [400, 422]],
  ]
  // Names of roles and the like may have any length.
  const hasLimit = (kind: Kind, what: string): boolean =>
    kind.group !== 'rbac.authorization.k8s.io' || !what.endsWith('too long')
  const rows = allKinds.flatMap((kind) =>
    wrongObjects
      .filter(([what]) => hasLimit(kind, what))
      .map(([what, body, codes]) => [`${kind.kind} with ${what}`, kind, body, codes] as const),
  )

  test.each(rows)('%s', async (_name, kind, body, codes) => {
    expect(codes).toContain((await refused({ url: urlOf(kind), body })).code)
  })

  test.each(allKinds.map((kind) => [kind.kind, kind] as const))(
    '%s: a spec of another type',
    async (_name, kind) => {
      const hasSpec = kind.schema(kind.versions[0] ?? '').properties?.['spec'] !== undefined
      for (const spec of hasSpec ? ['x', [], 7, true] : []) {
        const { code } = await refused({ url: urlOf(kind), body: { metadata: { name: 'a' }, spec } })
        expect(code).toBe(isBuiltIn(kind) ? 400 : 422)
      }
    },
  )
})
