/** Who may do what: roles and bindings, impersonation, reviews and tokens, over the whole API server. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createRig, requestOf, type Answered, type Rig } from '../api-server-rig.conformance.ts'

const rbac = '/apis/rbac.authorization.k8s.io/v1'
const reviews = '/apis/authorization.k8s.io/v1'
const identities = '/apis/authentication.k8s.io/v1'

let rig: Rig

const role = (kind: string, rules: readonly object[], name = 'reader'): object => ({
  metadata: { name },
  kind,
  rules,
})
const binding = (roleKind: string, subject: object, name = 'readers'): object => ({
  metadata: { name },
  roleRef: { kind: roleKind, name: 'reader' },
  subjects: [subject],
})
const readPods = { verbs: ['get', 'list'], apiGroups: [''], resources: ['pods', 'pods/log'] }

const as = (user: string, method: string, url: string, groups = ''): Promise<Answered> =>
  rig.call(method, url, undefined, {
    'impersonate-user': user,
    ...(groups === '' ? {} : { 'impersonate-group': groups }),
  })

beforeEach(async () => {
  rig = await createRig()
})
afterEach(() => rig.close())

describe('roles and bindings', () => {
  test('nobody but masters may do anything without one; the refusal says what is missing', async () => {
    expect(await as('bob', 'GET', '/api/v1/namespaces/default/pods')).toMatchObject({
      code: 403,
      body: {
        reason: 'Forbidden',
        message:
          'pods is forbidden: User "bob" cannot list resource "pods" in API group "" in the namespace "default"',
        details: { kind: 'pods' },
      },
    })
    expect((await as('bob', 'DELETE', '/apis/apps/v1/namespaces/default/deployments/web')).body.message).toBe(
      'deployments.apps "web" is forbidden: User "bob" cannot delete resource "deployments" in API group "apps" in the namespace "default"',
    )
    expect((await as('bob', 'GET', '/api/v1/nodes')).body.message).toBe(
      'nodes is forbidden: User "bob" cannot list resource "nodes" in API group "" at the cluster scope',
    )
    expect((await as('bob', 'GET', '/version')).body.message).toBe(
      'forbidden: User "bob" cannot get path "/version"',
    )
  })

  test('a role in a namespace holds in that namespace', async () => {
    await rig.call('POST', `${rbac}/namespaces/default/roles`, role('Role', [readPods]))
    await rig.call(
      'POST',
      `${rbac}/namespaces/default/rolebindings`,
      binding('Role', { kind: 'User', name: 'bob' }),
    )
    expect((await as('bob', 'GET', '/api/v1/namespaces/default/pods')).code).toBe(200)
    expect((await as('bob', 'GET', '/api/v1/namespaces/default/pods/x')).code).toBe(404)
    expect((await as('bob', 'GET', '/api/v1/namespaces/default/pods/x/log')).code).toBe(404)
    for (const [method, url] of [
      ['GET', '/api/v1/namespaces/default/pods?watch=1'],
      ['GET', '/api/v1/watch/namespaces/default/pods'],
      ['GET', '/api/v1/namespaces/default/pods/x/status'],
      ['DELETE', '/api/v1/namespaces/default/pods'],
      ['GET', '/api/v1/namespaces/kube-system/pods'],
      ['GET', '/api/v1/pods'],
    ] as const) {
      expect([method, url, (await as('bob', method, url)).code]).toEqual([method, url, 403])
    }
  })

  test('a cluster role of the whole cluster, of a group, of a service account', async () => {
    await rig.call('POST', `${rbac}/clusterroles`, role('ClusterRole', [readPods]))
    const group = binding('ClusterRole', { kind: 'Group', name: 'devs' })
    await rig.call('POST', `${rbac}/clusterrolebindings`, group)
    expect((await as('bob', 'GET', '/api/v1/pods', 'devs')).code).toBe(200)
    expect((await as('bob', 'GET', '/api/v1/pods', 'ops')).code).toBe(403)
    const account = binding('ClusterRole', { kind: 'ServiceAccount', name: 'robot', namespace: 'default' })
    await rig.call('POST', `${rbac}/namespaces/kube-system/rolebindings`, account)
    const robot = 'system:serviceaccount:default:robot'
    expect((await as(robot, 'GET', '/api/v1/namespaces/kube-system/pods')).code).toBe(200)
    expect((await as(robot, 'GET', '/api/v1/namespaces/default/pods')).code).toBe(403)
  })

  test('an aggregated role has the rules of those that it selects', async () => {
    await rig.call('POST', `${rbac}/clusterroles`, {
      metadata: { name: 'reader' },
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { into: 'reader' } }] },
      rules: [],
    })
    const user = binding('ClusterRole', { kind: 'User', name: 'bob' })
    await rig.call('POST', `${rbac}/clusterrolebindings`, user)
    expect((await as('bob', 'GET', '/api/v1/pods')).code).toBe(403)
    const part = { metadata: { name: 'part', labels: { into: 'reader' } }, rules: [readPods] }
    await rig.call('POST', `${rbac}/clusterroles`, part)
    expect((await as('bob', 'GET', '/api/v1/pods')).code).toBe(200)
  })

  test('only who may impersonate may: users, groups and service accounts', async () => {
    const user = { name: 'bob', groups: ['system:authenticated'] }
    const headers = { 'impersonate-user': 'alice', 'impersonate-group': 'devs' }
    const answer = await rig.server.answer(requestOf('GET', '/api/v1/pods', { headers, identity: user }))
    expect(answer).toMatchObject({
      kind: 'body',
      code: 403,
      body: expect.stringContaining(
        'users \\"alice\\" is forbidden: User \\"bob\\" cannot impersonate resource \\"users\\"',
      ),
    })
    expect((await rig.call('GET', '/api/v1/pods', undefined, { 'impersonate-group': 'devs' })).code).toBe(400)
  })
})

describe('reviews', () => {
  const review = (kind: string, spec: object, headers = {}): Promise<Answered> =>
    rig.call('POST', `${reviews}/${kind}`, { spec }, headers)
  const wanted = { verb: 'list', resource: 'pods', namespace: 'default' }

  test('of oneself and of others, of resources and paths', async () => {
    await rig.call('POST', `${rbac}/namespaces/default/roles`, role('Role', [readPods]))
    const user = binding('Role', { kind: 'User', name: 'bob' })
    await rig.call('POST', `${rbac}/namespaces/default/rolebindings`, user)
    expect(await review('selfsubjectaccessreviews', { resourceAttributes: wanted })).toMatchObject({
      code: 201,
      body: {
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes: wanted },
        status: { allowed: true },
      },
    })
    expect(
      (await review('subjectaccessreviews', { user: 'bob', resourceAttributes: wanted })).body.status,
    ).toEqual({
      allowed: true,
      reason: 'RBAC: allowed by RoleBinding "readers/default" of Role "reader" to User "bob"',
    })
    const path = { user: 'bob', nonResourceAttributes: { verb: 'get', path: '/metrics' } }
    expect((await review('subjectaccessreviews', path)).body.status).toEqual({ allowed: false })
    const local = `${reviews}/namespaces/default/localsubjectaccessreviews`
    const spec = { user: 'bob', resourceAttributes: { ...wanted, verb: 'delete' } }
    expect((await rig.call('POST', local, { spec })).body.status).toEqual({ allowed: false })
  })

  test('who one is, and everything that one may', async () => {
    const who = await rig.call('POST', `${identities}/selfsubjectreviews`, {}, { 'impersonate-user': 'bob' })
    expect(who.code).toBe(403)
    await rig.call(
      'POST',
      `${rbac}/clusterroles`,
      role('ClusterRole', [{ verbs: ['create'], apiGroups: ['*'], resources: ['*'] }]),
    )
    const everyone = binding('ClusterRole', { kind: 'Group', name: 'system:authenticated' })
    await rig.call('POST', `${rbac}/clusterrolebindings`, everyone)
    const asBob = { 'impersonate-user': 'bob', 'impersonate-group': 'devs' }
    expect(
      (await rig.call('POST', `${identities}/selfsubjectreviews`, {}, asBob)).body.status.userInfo,
    ).toEqual({ username: 'bob', groups: ['devs', 'system:authenticated'] })
    expect(
      (await review('selfsubjectrulesreviews', { namespace: 'default' }, asBob)).body.status,
    ).toMatchObject({ resourceRules: [{ verbs: ['create'], apiGroups: ['*'], resources: ['*'] }] })
    expect((await review('selfsubjectrulesreviews', { namespace: 'default' })).body.status).toMatchObject({
      resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }, expect.anything()],
      nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
    })
  })

  test.each<[string, object, number, string]>([
    ['selfsubjectaccessreviews', {}, 422, 'exactly one of nonResourceAttributes or resourceAttributes'],
    [
      'subjectaccessreviews',
      { resourceAttributes: wanted },
      422,
      'at least one of user or group must be specified',
    ],
    ['selfsubjectrulesreviews', {}, 400, 'no namespace on request'],
  ])('%s with %j', async (kind, spec, code, words) => {
    const answer = await review(kind, spec)
    expect([answer.code, answer.body.message]).toEqual([code, expect.stringContaining(words)])
  })

  test('they are not stored: nothing to get, list or delete', async () => {
    for (const method of ['GET', 'DELETE', 'PUT']) {
      expect((await rig.call(method, `${reviews}/subjectaccessreviews`)).code).toBe(405)
    }
    const { body } = await rig.call('GET', reviews)
    expect(body.resources.map(({ verbs }: { verbs: unknown }) => verbs)).toEqual([
      ['create'],
      ['create'],
      ['create'],
      ['create'],
    ])
  })
})

describe('tokens of service accounts', () => {
  const url = '/api/v1/namespaces/default/serviceaccounts'
  const token = (spec: object): Promise<Answered> => rig.call('POST', `${url}/robot/token`, { spec })

  beforeEach(async () => {
    await rig.call('POST', url, { metadata: { name: 'robot' } })
  })

  test('a token says who it is, until its account goes', async () => {
    const asked = await token({ expirationSeconds: 1200 })
    expect(asked).toMatchObject({
      code: 201,
      body: {
        kind: 'TokenRequest',
        spec: { expirationSeconds: 1200 },
        status: { token: expect.any(String) },
      },
    })
    const check = async (): Promise<unknown> =>
      (await rig.call('POST', `${identities}/tokenreviews`, { spec: { token: asked.body.status.token } }))
        .body.status
    expect(await check()).toMatchObject({
      authenticated: true,
      user: { username: 'system:serviceaccount:default:robot' },
    })
    await rig.call('DELETE', `${url}/robot`)
    expect(await check()).toMatchObject({ authenticated: false })
  })

  test('the token that pods have by default lives for a year, whatever its request says', async () => {
    const pods = '/api/v1/namespaces/default/pods'
    const spec = { containers: [{ name: 'app', image: 'app' }], serviceAccountName: 'robot' }
    await rig.call('POST', pods, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec })
    const ends = async (seconds: number): Promise<number> => {
      const boundObjectRef = { kind: 'Pod', apiVersion: 'v1', name: 'web' }
      const { body } = await token({ expirationSeconds: seconds, boundObjectRef })
      const [, claims = ''] = String(body.status.token).split('.')
      const { exp, iat } = JSON.parse(Buffer.from(claims, 'base64url').toString())
      expect(Date.parse(body.status.expirationTimestamp) / 1000 - iat).toBe(seconds)
      return exp - iat
    }
    expect([await ends(3607), await ends(3600)]).toEqual([365 * 86_400, 3600])
  })

  test('a token for another audience is none for this server', async () => {
    const { body } = await token({ audiences: ['vault'] })
    const review = await rig.call('POST', `${identities}/tokenreviews`, {
      spec: { token: body.status.token },
    })
    expect(review.body.status.authenticated).toBe(false)
  })

  test.each<[object, number, string]>([
    [{ expirationSeconds: 60 }, 422, 'may not specify a duration less than 10 minutes'],
    [{ expirationSeconds: 2 ** 33 }, 422, 'may not specify a duration larger than 2^32 seconds'],
    [{ boundObjectRef: { kind: 'Pod', name: 'gone' } }, 404, 'pods "gone" not found'],
    [{ boundObjectRef: { kind: 'Service', name: 'x' } }, 400, 'cannot bind token for serviceaccount'],
  ])('%j', async (spec, code, words) => {
    const answer = await token(spec)
    expect([answer.code, answer.body.message]).toEqual([code, expect.stringContaining(words)])
  })

  test('of an account that is not there', async () => {
    expect((await rig.call('POST', `${url}/nobody/token`, {})).code).toBe(404)
    expect((await rig.call('GET', `${url}/robot/token`)).code).toBe(405)
  })
})
