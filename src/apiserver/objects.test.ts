import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createRig, type Rig } from './api-server-rig.conformance.ts'

let rig: Rig

beforeEach(async () => {
  rig = await createRig()
})
afterEach(async () => {
  await rig.close()
})

const configMaps = '/api/v1/namespaces/default/configmaps'
const deployments = '/apis/apps/v1/namespaces/default/deployments'
const virtualServices = '/apis/networking.istio.io/v1/namespaces/default/virtualservices'

const configMap = (name: string, data: Record<string, string> = {}, more: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...more },
  data,
})

const deployment = (name: string, more: object = {}): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'c', image: 'i:1' }] } },
    ...more,
  },
})

const virtualService = (name: string, spec: object): object => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: { name },
  spec,
})

describe('create', () => {
  it('fills the metadata that the system owns', async () => {
    const { code, body } = await rig.call('POST', configMaps, configMap('a', { x: '1' }))
    expect(code).toBe(201)
    expect(body.metadata).toMatchObject({ name: 'a', namespace: 'default', uid: expect.any(String) })
    expect(body.metadata.creationTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    expect(body.metadata.resourceVersion).toBe(String(rig.store.revision()))
    expect(body.metadata.generation).toBeUndefined()
    expect((await rig.call('GET', `${configMaps}/a`)).body).toEqual(body)
  })

  it('counts generations of kinds that have them, and drops their status', async () => {
    const { body } = await rig.call('POST', deployments, { ...deployment('d'), status: { replicas: 9 } })
    expect(body.metadata.generation).toBe(1)
    expect(body.status?.replicas).toBeUndefined()
    expect(body.spec.replicas).toBe(1)
  })

  it('gives a Job its selector, and keeps the one of a Job that brings its own', async () => {
    const jobs = '/apis/batch/v1/namespaces/default/jobs'
    const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } }
    const { body } = await rig.call('POST', jobs, { metadata: { name: 'j' }, spec: { template } })
    const uid = body.metadata.uid
    expect(body.spec.selector).toEqual({ matchLabels: { 'batch.kubernetes.io/controller-uid': uid } })
    expect(body.spec.template.metadata.labels).toEqual({
      'batch.kubernetes.io/controller-uid': uid,
      'batch.kubernetes.io/job-name': 'j',
      'controller-uid': uid,
      'job-name': 'j',
    })
    const manual = { manualSelector: true, selector: { matchLabels: { a: 'b' } } }
    const labelled = { ...template, metadata: { labels: { a: 'b' } } }
    const own = await rig.call('POST', jobs, {
      metadata: { name: 'm' },
      spec: { ...manual, template: labelled },
    })
    expect(own.body.spec.template.metadata).toEqual({ labels: { a: 'b' } })
    const wrong = { ...template, metadata: { labels: { 'controller-uid': 'x' } } }
    expect((await rig.call('POST', jobs, { metadata: { name: 'w' }, spec: { template: wrong } })).code).toBe(
      422,
    )
  })

  it('protects a claim until nobody uses it', async () => {
    const claims = '/api/v1/namespaces/default/persistentvolumeclaims'
    const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } }
    const { body } = await rig.call('POST', claims, { metadata: { name: 'c' }, spec })
    expect(body.metadata.finalizers).toEqual(['kubernetes.io/pvc-protection'])
    expect(body.status).toEqual({ phase: 'Pending' })
    expect((await rig.call('DELETE', `${claims}/c`)).code).toBe(200)
    expect((await rig.call('GET', `${claims}/c`)).body.metadata.deletionTimestamp).toBeDefined()
  })

  it('makes names from generateName', async () => {
    const first = await rig.call('POST', configMaps, { metadata: { generateName: 'web-' } })
    const second = await rig.call('POST', configMaps, { metadata: { generateName: 'web-' } })
    expect(first.body.metadata.name).toMatch(/^web-.{5}$/)
    expect(second.body.metadata.name).not.toBe(first.body.metadata.name)
  })

  it('refuses a second object of the name', async () => {
    await rig.call('POST', configMaps, configMap('a'))
    const { code, body } = await rig.call('POST', configMaps, configMap('a'))
    expect(code).toBe(409)
    expect(body).toMatchObject({
      kind: 'Status',
      reason: 'AlreadyExists',
      message: 'configmaps "a" already exists',
      details: { name: 'a', kind: 'configmaps' },
    })
  })

  it('writes nothing on a dry run', async () => {
    const before = rig.store.revision()
    const { code, body } = await rig.call('POST', `${configMaps}?dryRun=All`, configMap('a'))
    expect([code, body.metadata.name]).toEqual([201, 'a'])
    expect(rig.store.revision()).toBe(before)
    expect((await rig.call('GET', `${configMaps}/a`)).code).toBe(404)
  })

  it('needs the namespace, and refuses one that is going away', async () => {
    const missing = await rig.call('POST', '/api/v1/namespaces/nowhere/configmaps', configMap('a'))
    expect([missing.code, missing.body.message]).toEqual([404, 'namespaces "nowhere" not found'])
    await rig.call('DELETE', '/api/v1/namespaces/kube-system')
    const ending = await rig.call('POST', '/api/v1/namespaces/kube-system/configmaps', configMap('a'))
    expect(ending.code).toBe(403)
    expect(ending.body.message).toBe(
      'configmaps "a" is forbidden: unable to create new content in namespace kube-system because it is being terminated',
    )
    expect(ending.body.details.causes[0].reason).toBe('NamespaceTerminating')
  })

  it('takes YAML', async () => {
    const yaml = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: y\ndata: {a: b}\n'
    const { code } = await rig.call('POST', configMaps, yaml, { 'content-type': 'application/yaml' })
    expect(code).toBe(201)
  })

  it('records who manages which fields', async () => {
    const { body } = await rig.call('POST', `${configMaps}?fieldManager=me`, configMap('a', { x: '1' }))
    expect(body.metadata.managedFields).toMatchObject([
      { manager: 'me', operation: 'Update', fieldsV1: { 'f:data': { 'f:x': {} } } },
    ])
  })
})

describe('what is refused', () => {
  it.each([
    ['malformed JSON', '{"apiVersion": ', 400, 'must be valid JSON'],
    ['an empty body', '', 400, 'the request body is empty'],
    ['a list', '[]', 400, 'is not an object'],
    ['another kind', { kind: 'Secret' }, 400, 'does not match the expected kind (ConfigMap)'],
    ['another version', { apiVersion: 'v2' }, 400, 'does not match the expected API version (v1)'],
    ['another namespace', configMap('a', {}, { namespace: 'b' }), 400, 'does not match the namespace'],
    ['a wrong type', { metadata: { name: 'a' }, data: [] }, 400, 'cannot be handled as a ConfigMap: data'],
    ['metadata as text', { metadata: 'x' }, 400, 'metadata'],
    ['no name', {}, 422, 'name or generateName is required'],
    ['a bad label', configMap('a', {}, { labels: { x: 'not ok' } }), 422, 'metadata.labels'],
    ['a resourceVersion', configMap('a', {}, { resourceVersion: '4' }), 400, 'should not be set'],
    ['a prototype', '{"__proto__": {"x": 1}}', 400, '__proto__'],
  ])('%s', async (_what, body, code, words) => {
    const answer = await rig.call('POST', configMaps, body)
    expect(answer.body.message).toContain(words)
    expect([answer.code, answer.body.code, answer.body.status]).toEqual([code, code, 'Failure'])
    expect(rig.logged).toEqual([])
  })

  it.each([
    ['without an envelope', 'k8s', 400, 'BadRequest'],
    ['of a kind that nobody knows', 'k8s\0\n\x0e\n\x02v1\x12\x08Whatever', 400, 'BadRequest'],
    [
      'of custom resources',
      'k8s\0\n\x21\n\x16networking.istio.io/v1\x12\x07Gateway',
      415,
      'UnsupportedMediaType',
    ],
  ])('protobuf bodies %s', async (_what, sent, status, reason) => {
    const { code, body } = await rig.call('POST', configMaps, sent, {
      'content-type': 'application/vnd.kubernetes.protobuf',
    })
    expect([code, body.reason]).toEqual([status, reason])
  })

  it.each([
    ['GET', '/api/v1/namespaces/default/gizmos', 404],
    ['GET', '/apis/apps/v9/deployments', 404],
    ['GET', '/apis/nowhere.dev/v1/things', 404],
    ['GET', '/api/v1/namespaces/default/configmaps/../../secrets', 400],
    ['GET', '/api/v1/namespaces/x/nodes/weft', 404],
    ['PATCH', '/api/v1/namespaces/default/configmaps', 405],
    ['POST', '/api/v1/configmaps', 405],
    ['PUT', '/healthz', 405],
    ['GET', '/api/v1/namespaces/default/configmaps/a/scale', 404],
    ['GET', `/api/v1/namespaces/default/configmaps/${'n'.repeat(5000)}`, 404],
  ])('%s %s', async (method, path, code) => {
    const answer = await rig.call(method, path)
    expect([answer.code, answer.body.kind]).toEqual([code, 'Status'])
    expect(rig.logged).toEqual([])
  })

  it('a required field that is mistyped: the name that it has and the one it should have', async () => {
    const spec = { selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } } } }
    const misspelt = { ...spec, template: { ...spec.template, spec: { contaners: [] } } }
    const body = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' }, spec: misspelt }
    const path = '/apis/apps/v1/namespaces/default/deployments?fieldValidation=Strict'
    const refused = await rig.call('POST', path, body)
    expect([refused.code, refused.body.message]).toEqual([
      400,
      expect.stringContaining(
        'strict decoding error: unknown field "spec.template.spec.contaners", did you mean "spec.template.spec.containers"?',
      ),
    ])
  })

  it('fields that are there twice: an error, a warning or nothing, as the client wants', async () => {
    const body = '{"metadata": {"name": "twice"}, "data": {"a": "1", "a": "2"}}'
    const strict = await rig.call('POST', `${configMaps}?fieldValidation=Strict`, body)
    expect(strict.body.message).toBe(
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: duplicate field "data.a"',
    )
    expect(strict.code).toBe(400)
    const warned = await rig.call('POST', `${configMaps}?dryRun=All`, body)
    expect([warned.code, warned.warnings]).toEqual([201, ['duplicate field "data.a"']])
    const ignored = await rig.call('POST', `${configMaps}?dryRun=All&fieldValidation=Ignore`, body)
    expect([ignored.code, ignored.warnings]).toEqual([201, []])
  })

  it('unknown fields: an error, a warning or nothing, as the client wants', async () => {
    const wrong = deployment('d', { replica: 3 })
    const strict = await rig.call('POST', `${deployments}?fieldValidation=Strict`, wrong)
    expect(strict.code).toBe(400)
    expect(strict.body.message).toContain('strict decoding error: unknown field "spec.replica"')
    const empty = await rig.call(
      'POST',
      `${deployments}?fieldValidation=Strict`,
      deployment('d', { replica: null }),
    )
    expect(empty.body.message).toContain('unknown field "spec.replica"')
    const warned = await rig.call('POST', `${deployments}?fieldValidation=Warn`, wrong)
    expect(warned.code).toBe(201)
    expect(warned.warnings[0]).toContain('unknown field "spec.replica"')
    expect(warned.body.spec.replica).toBeUndefined()
    await rig.call('DELETE', `${deployments}/d`)
    expect((await rig.call('POST', `${deployments}?fieldValidation=Ignore`, wrong)).warnings).toEqual([])
  })

  it('what Kubernetes calls invalid, with every field', async () => {
    const { code, body } = await rig.call('POST', deployments, deployment('d', { replicas: -1 }))
    expect([code, body.reason]).toEqual([422, 'Invalid'])
    expect(body.message).toMatch(/^Deployment\.apps "d" is invalid: spec\.replicas: Invalid value: -1/)
    expect(body.details.causes[0]).toMatchObject({ field: 'spec.replicas', reason: 'FieldValueInvalid' })
  })

  it("Istio's objects in the words of Istio's webhook", async () => {
    const route = [{ destination: { host: 'a' } }]
    const all = await rig.call(
      'POST',
      virtualServices,
      virtualService('v', { hosts: ['*'], http: [{ route }] }),
    )
    expect([all.code, all.body.reason]).toEqual([400, 'BadRequest'])
    expect(all.body.message).toMatch(
      /^admission webhook "validation\.istio\.io" denied the request: configuration is invalid: /,
    )
    const text = await rig.call(
      'POST',
      virtualServices,
      virtualService('v', { hosts: 'a', http: [{ route }] }),
    )
    expect([text.code, text.body.reason]).toEqual([422, 'Invalid'])
  })

  it('anonymous requests', async () => {
    const { requestOf } = await import('./api-server-rig.conformance.ts')
    const answer = await rig.server.answer(requestOf('GET', '/api/v1/pods', { anonymous: true }))
    expect(answer).toMatchObject({ code: 401 })
  })
})

describe('update', () => {
  it('counts generations by the spec, and leaves status to its subresource', async () => {
    const { body } = await rig.call('POST', deployments, deployment('d'))
    const labelled = { ...body, metadata: { ...body.metadata, labels: { a: 'b' } }, status: { replicas: 7 } }
    const second = (await rig.call('PUT', `${deployments}/d`, labelled)).body
    expect([second.metadata.generation, second.status?.replicas]).toEqual([1, undefined])
    const scaled = { ...second, spec: { ...second.spec, replicas: 5 } }
    const third = (await rig.call('PUT', `${deployments}/d`, scaled)).body
    expect(third.metadata.generation).toBe(2)
    const status = { ...third, spec: { ...third.spec, replicas: 9 }, status: { replicas: 7 } }
    const fourth = (await rig.call('PUT', `${deployments}/d/status`, status)).body
    expect([fourth.spec.replicas, fourth.status.replicas, fourth.metadata.generation]).toEqual([5, 7, 2])
  })

  it('refuses an old version, another name, another uid', async () => {
    const { body } = await rig.call('POST', configMaps, configMap('a'))
    await rig.call('PUT', `${configMaps}/a`, { ...body, data: { x: '1' } })
    const stale = await rig.call('PUT', `${configMaps}/a`, { ...body, data: { x: '2' } })
    expect([stale.code, stale.body.message]).toEqual([
      409,
      'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
    ])
    expect((await rig.call('PUT', `${configMaps}/b`, configMap('a'))).code).toBe(404)
    expect((await rig.call('PUT', `${configMaps}/a`, configMap('b'))).code).toBe(400)
    expect((await rig.call('PUT', `${configMaps}/a`, configMap('a', {}, { uid: 'other' }))).code).toBe(409)
  })

  it('needs a version for custom resources alone', async () => {
    const spec = { hosts: ['a'], http: [{ route: [{ destination: { host: 'a' } }] }] }
    await rig.call('POST', virtualServices, virtualService('v', spec))
    const { code, body } = await rig.call('PUT', `${virtualServices}/v`, virtualService('v', spec))
    expect([code, body.message]).toEqual([422, expect.stringContaining('must be specified for an update')])
    await rig.call('POST', configMaps, configMap('a'))
    expect((await rig.call('PUT', `${configMaps}/a`, configMap('a', { x: '1' }))).code).toBe(200)
  })

  it('writes nothing when nothing changes', async () => {
    const { body } = await rig.call('POST', configMaps, configMap('a', { x: '1' }))
    const again = await rig.call('PUT', `${configMaps}/a`, body)
    expect(again.body.metadata.resourceVersion).toBe(body.metadata.resourceVersion)
  })

  it('serves all versions of a kind from one stored object', async () => {
    const spec = { hosts: ['a'], http: [{ route: [{ destination: { host: 'a' } }] }] }
    const { body } = await rig.call('POST', virtualServices, virtualService('v', spec))
    const old = await rig.call('GET', virtualServices.replace('/v1/', '/v1beta1/') + '/v')
    expect(old.body).toMatchObject({ apiVersion: 'networking.istio.io/v1beta1', spec: body.spec })
    const list = await rig.call('GET', '/apis/networking.istio.io/v1alpha3/virtualservices')
    expect(list.body.items[0].apiVersion).toBe('networking.istio.io/v1alpha3')
  })
})

describe('patch', () => {
  const patch = (type: string): Record<string, string> => ({ 'content-type': `application/${type}` })

  it('JSON, merge and strategic merge', async () => {
    await rig.call('POST', deployments, deployment('d'))
    const url = `${deployments}/d`
    const json = [{ op: 'replace', path: '/spec/replicas', value: 2 }]
    expect((await rig.call('PATCH', url, json, patch('json-patch+json'))).body.spec.replicas).toBe(2)
    const merge = { spec: { replicas: 3 }, metadata: { labels: { a: 'b' } } }
    expect((await rig.call('PATCH', url, merge, patch('merge-patch+json'))).body).toMatchObject({
      spec: { replicas: 3 },
      metadata: { labels: { a: 'b' }, generation: 3 },
    })
    const strategic = { spec: { template: { spec: { containers: [{ name: 'd', image: 'j' }] } } } }
    const { body } = await rig.call('PATCH', url, strategic, patch('strategic-merge-patch+json'))
    expect(body.spec.template.spec.containers.map(({ name }: { name: string }) => name).toSorted()).toEqual([
      'c',
      'd',
    ])
  })

  it('names what is wrong with a patch', async () => {
    await rig.call('POST', configMaps, configMap('a'))
    const url = `${configMaps}/a`
    const missing = [{ op: 'remove', path: '/data/nope' }]
    expect((await rig.call('PATCH', url, missing, patch('json-patch+json'))).code).toBe(422)
    expect((await rig.call('PATCH', url, { op: 1 }, patch('json-patch+json'))).code).toBe(400)
    const endless = Array.from({ length: 10_001 }, () => ({ op: 'test', path: '/kind', value: 'Deployment' }))
    expect((await rig.call('PATCH', url, endless, patch('json-patch+json'))).body).toMatchObject({
      code: 413,
      reason: 'RequestEntityTooLarge',
    })
    expect((await rig.call('PATCH', url, '[1', patch('merge-patch+json'))).code).toBe(400)
    expect((await rig.call('PATCH', url, [], patch('merge-patch+json'))).code).toBe(400)
    expect((await rig.call('PATCH', url, {}, patch('json'))).code).toBe(415)
    expect((await rig.call('PATCH', `${configMaps}/b`, {}, patch('merge-patch+json'))).code).toBe(404)
    const renamed = { metadata: { name: 'b' } }
    expect((await rig.call('PATCH', url, renamed, patch('merge-patch+json'))).code).toBe(400)
  })

  it('has no strategic merge for custom resources', async () => {
    const spec = { hosts: ['a'], http: [{ route: [{ destination: { host: 'a' } }] }] }
    await rig.call('POST', virtualServices, virtualService('v', spec))
    const { code } = await rig.call('PATCH', `${virtualServices}/v`, {}, patch('strategic-merge-patch+json'))
    expect(code).toBe(415)
  })

  it('applies: creates, owns, conflicts, forces, and takes back what is no longer named', async () => {
    const apply = (manager: string, data: object, force = ''): ReturnType<Rig['call']> =>
      rig.call(
        'PATCH',
        `${configMaps}/a?fieldManager=${manager}${force}`,
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data },
        patch('apply-patch+yaml'),
      )
    const created = await apply('one', { x: '1', y: '1' })
    expect([created.code, created.body.metadata.managedFields[0].operation]).toEqual([201, 'Apply'])
    const same = await apply('one', { x: '1', y: '1' })
    expect(same.body.metadata.resourceVersion).toBe(created.body.metadata.resourceVersion)
    const conflict = await apply('two', { x: '2' })
    expect([conflict.code, conflict.body.details.causes]).toEqual([
      409,
      [{ reason: 'FieldManagerConflict', message: 'conflict with "one"', field: '.data.x' }],
    ])
    expect((await apply('two', { x: '2' }, '&force=true')).body.data).toEqual({ x: '2', y: '1' })
    expect((await apply('one', {})).body.data).toEqual({ x: '2' })
    const nameless = await rig.call('PATCH', `${configMaps}/a`, configMap('a'), patch('apply-patch+yaml'))
    expect([nameless.code, nameless.body.message]).toEqual([400, expect.stringContaining('fieldManager')])
  })

  it('loses no patch when many write at once', async () => {
    await rig.call('POST', configMaps, configMap('a'))
    const keys = Array.from({ length: 12 }, (_, index) => `k${index}`)
    const answers = await Promise.all(
      keys.map((key) =>
        rig.call('PATCH', `${configMaps}/a`, { data: { [key]: 'x' } }, patch('merge-patch+json')),
      ),
    )
    expect(answers.map(({ code }) => code)).toEqual(keys.map(() => 200))
    const { body } = await rig.call('GET', `${configMaps}/a`)
    expect(Object.keys(body.data).toSorted()).toEqual(keys.toSorted())
  })
})

describe('scale, binding, eviction', () => {
  it('reads and writes replicas', async () => {
    await rig.call('POST', deployments, deployment('d'))
    const { body } = await rig.call('GET', `${deployments}/d/scale`)
    expect(body).toMatchObject({ kind: 'Scale', spec: { replicas: 1 }, status: { selector: 'app=d' } })
    const put = await rig.call('PUT', `${deployments}/d/scale`, { ...body, spec: { replicas: 4 } })
    expect([put.code, put.body.spec.replicas]).toEqual([200, 4])
    const patched = await rig.call(
      'PATCH',
      `${deployments}/d/scale`,
      { spec: { replicas: 6 } },
      {
        'content-type': 'application/merge-patch+json',
      },
    )
    expect(patched.body.spec.replicas).toBe(6)
    expect((await rig.call('GET', `${deployments}/d`)).body.metadata.generation).toBe(3)
    expect((await rig.call('PUT', `${deployments}/d/scale`, { spec: { replicas: 'x' } })).code).toBe(400)
  })

  it('binds a pod once', async () => {
    const pods = '/api/v1/namespaces/default/pods'
    await rig.call('POST', pods, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: { containers: [{ name: 'c', image: 'i' }] },
    })
    const binding = {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: 'p' },
      target: { kind: 'Node', name: 'weft' },
    }
    expect((await rig.call('POST', `${pods}/p/binding`, binding)).code).toBe(201)
    const { body } = await rig.call('GET', `${pods}/p`)
    expect(body.spec).toMatchObject({ nodeName: 'weft', serviceAccountName: 'default' })
    expect(body.status).toMatchObject({ phase: 'Pending', qosClass: 'BestEffort' })
    expect((await rig.call('POST', `${pods}/p/binding`, binding)).code).toBe(409)
    const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p' } }
    expect((await rig.call('POST', `${pods}/p/eviction`, eviction)).code).toBe(201)
    expect((await rig.call('GET', `${pods}/p`)).body.metadata).toMatchObject({
      deletionGracePeriodSeconds: 30,
    })
  })
})
