import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../app/system-clock.ts'
import { allKinds } from '../resources/all-kinds.ts'
import type { Store } from '../store/store.ts'
import { createMemoryStore } from '../store/memory-store.ts'
import { createRig, type Answered, type Rig } from './api-server-rig.conformance.ts'
import { createBearerIdentification, type TokenSubject } from './bearer-tokens.ts'
import { defaultServiceAccount, serviceAccountToken } from './service-account-admission.ts'

let store: Store
let rig: Rig

beforeEach(async () => {
  store = createMemoryStore()
  const identifiers = { uid: () => 'u', nameSuffix: () => 'abcde' }
  const admission = { store, kinds: allKinds, clock: systemClock, identifiers }
  rig = await createRig({ store, mutators: [defaultServiceAccount, serviceAccountToken(admission)] })
})
afterEach(() => rig.close())

const account = (name: string, more: object = {}): Promise<Answered> =>
  rig.call('POST', '/api/v1/namespaces/default/serviceaccounts', {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name },
    ...more,
  })

const pod = (spec: object): Promise<Answered> =>
  rig.call('POST', '/api/v1/namespaces/default/pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web' },
    spec: { containers: [{ name: 'app', image: 'app' }], ...spec },
  })

describe('the service account of a new pod', () => {
  test('its token, certificate and namespace lie where clients look for them, in every container', async () => {
    await account('default')
    const mount = {
      name: 'kube-api-access-abcde',
      readOnly: true,
      mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
    }
    const { code, body } = await pod({ initContainers: [{ name: 'first', image: 'app' }] })
    expect(code).toBe(201)
    expect(body.spec).toMatchObject({
      serviceAccountName: 'default',
      initContainers: [{ volumeMounts: [mount] }],
      containers: [{ volumeMounts: [mount] }],
      volumes: [
        {
          name: 'kube-api-access-abcde',
          projected: {
            defaultMode: 420,
            sources: [
              { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
              { configMap: { name: 'kube-root-ca.crt' } },
              { downwardAPI: { items: [{ path: 'namespace' }] } },
            ],
          },
        },
      ],
    })
  })

  test('a place that the author uses is left alone', async () => {
    await account('default')
    const own = { name: 'own', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }
    const { body } = await pod({
      containers: [{ name: 'app', image: 'app', volumeMounts: [own] }],
      volumes: [{ name: 'own', emptyDir: {} }],
    })
    expect(body.spec.volumes).toHaveLength(1)
  })

  test.each([
    ['the pod', {}, { automountServiceAccountToken: false }],
    ['the account', { automountServiceAccountToken: false }, {}],
  ])('%s may refuse it', async (_name, more, spec) => {
    await account('web', more)
    const { code, body } = await pod({ serviceAccountName: 'web', ...spec })
    expect([code, body.spec.volumes]).toEqual([201, undefined])
  })

  test('the pod has the last word', async () => {
    await account('web', { automountServiceAccountToken: false, imagePullSecrets: [{ name: 'registry' }] })
    const { body } = await pod({ serviceAccountName: 'web', automountServiceAccountToken: true })
    expect(body.spec.volumes).toHaveLength(1)
    expect(body.spec.imagePullSecrets).toEqual([{ name: 'registry' }])
  })

  test('it must be there', async () => {
    const { code, body } = await pod({ serviceAccountName: 'nobody' })
    expect([code, body.reason, body.message]).toEqual([
      403,
      'Forbidden',
      'pods "web" is forbidden: error looking up service account default/nobody: serviceaccount "nobody" not found',
    ])
  })

  test('`default` may come a moment later', async () => {
    const waiting = pod({})
    await account('default')
    expect((await waiting).code).toBe(201)
  })
})

describe('whom a token names', () => {
  const audience = 'https://api'

  test('the account, as long as it and the pod are the same', async () => {
    const { body: found } = await account('web')
    const { body: bound } = await pod({ serviceAccountName: 'web' })
    const subject: TokenSubject = {
      namespace: 'default',
      serviceAccount: { name: 'web', uid: found.metadata.uid },
      boundTo: { kind: 'Pod', object: { name: 'web', uid: bound.metadata.uid } },
      audiences: [audience],
    }
    const who = (said: TokenSubject | undefined, header = 'Bearer a.b.c') =>
      createBearerIdentification({ store, kinds: allKinds, audience, read: () => said })(header)?.name
    expect(who(subject)).toBe('system:serviceaccount:default:web')
    expect(who(subject, 'Basic YTpi')).toBeUndefined()
    expect(who(undefined)).toBeUndefined()
    expect(who({ ...subject, audiences: ['vault'] })).toBeUndefined()
    expect(who({ ...subject, serviceAccount: { name: 'web', uid: 'another' } })).toBeUndefined()
    expect(
      who({ ...subject, boundTo: { kind: 'Pod', object: { name: 'web', uid: 'another' } } }),
    ).toBeUndefined()
    await rig.call('DELETE', '/api/v1/namespaces/default/pods/web')
    expect(who(subject)).toBeUndefined()
  })
})
