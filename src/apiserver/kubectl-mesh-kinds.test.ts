/** The real kubectl with the kinds of meshes: App Mesh, Gateway API, all of Istio. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createKubectlRig, type KubectlRig, type Ran } from './kubectl-rig.conformance.ts'

let rig: KubectlRig

// The walkthrough as published when it lies beside the checkout, else objects of our own.
const published = fileURLToPath(
  new URL('../../../shared/walkthroughs/000-appmesh-to-istio/1-appmesh-manifest.yaml', import.meta.url),
)
const own = fileURLToPath(new URL('testdata/app-mesh.yaml', import.meta.url))

beforeAll(async () => {
  rig = await createKubectlRig()
})
afterAll(async () => {
  await rig.close()
})

const run = async (args: string, input?: string): Promise<Ran> => {
  const ran = await rig.kubectl(args.split(' '), input)
  expect({ args, ...ran }).toMatchObject({ code: 0 })
  return ran
}

it.each([own, published].filter(existsSync))(
  'App Mesh is taken whole, and what is only stored is said',
  async (file) => {
    const { out, err } = await run(`apply -f ${file}`)
    expect(out).toContain('virtualservice.appmesh.k8s.aws/color created')
    expect(err).toContain('Warning: VirtualRouter color: stored, not carried out yet')
    const again = await run(`apply -f ${file}`)
    for (const line of again.out.trim().split('\n')) expect(line).toMatch(/ unchanged$/)
  },
)

it('an awsName is made of name and namespace, and stays', async () => {
  await run(`apply -f ${own}`)
  const path = 'virtualnodes.appmesh.k8s.aws red -n colors'
  expect((await run(`get ${path} -o jsonpath={.spec.awsName}`)).out).toBe('red_colors')
  const patched = await rig.kubectl(
    ['patch', ...path.split(' '), '--type=merge', '-p', '{"spec":{"awsName":"other"}}'],
    '',
  )
  expect(patched.err).toContain('update may not change these fields: spec.awsName')
})

it("kubectl prints what Istio's webhook warns of, once it is accepted", async () => {
  const gateway = (tls: string): string => `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge}
spec:
  servers:
    - {hosts: [a.example], port: {number: 443, name: https, protocol: HTTPS}, tls: {${tls}}}
`
  const { err } = await run('apply -f -', gateway('mode: SIMPLE, credentialName: a, cipherSuites: [NONE]'))
  expect(err).toContain('Warning: ignoring invalid cipher suites: [NONE]')
  const refused = await rig.kubectl(['apply', '-f', '-'], gateway('mode: SIMPLE, cipherSuites: [NONE]'))
  expect(refused.err).toContain('validation.istio.io')
  expect(refused.err).not.toContain('Warning:')
})

it("words that several groups have are Istio's", async () => {
  const { out } = await run('api-resources --api-group=networking.istio.io')
  expect(out).toContain('virtualservices')
  const explained = await run('explain virtualservice.spec.http')
  expect(explained.out).toContain('GROUP:      networking.istio.io')
  const gateway = await run('explain gateways.gateway.networking.k8s.io.spec.listeners')
  expect(gateway.out).toContain('<[]Listener>')
})

it('a Gateway of the Gateway API waits for its controller, and a route gets its defaults', async () => {
  const { err } = await run(
    'apply -f -',
    `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: front}
spec: {gatewayClassName: weft, listeners: [{name: http, port: 80, protocol: HTTP}]}
---
apiVersion: gateway.networking.k8s.io/v1beta1
kind: HTTPRoute
metadata: {name: web}
spec: {parentRefs: [{name: front}], rules: [{backendRefs: [{name: web, port: 80}]}]}
`,
  )
  expect(err).toContain('Warning: HTTPRoute web: stored, not carried out yet')
  const { out } = await run('get gtw front')
  expect(out.split('\n')[1]).toMatch(/^front\s+weft\s+Unknown\s/)
  const route = await run('get httproutes web -o jsonpath={.spec.rules[0]}')
  expect(JSON.parse(route.out)).toEqual({
    matches: [{ path: { type: 'PathPrefix', value: '/' } }],
    backendRefs: [{ group: '', kind: 'Service', name: 'web', port: 80, weight: 1 }],
  })
})

it('what is wrong is refused with its place', async () => {
  const ran = await rig.kubectl(
    ['apply', '-f', '-'],
    `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: wrong}
spec: {rules: [{backendRefs: [{name: web}]}]}
`,
  )
  expect(ran).toMatchObject({ code: 1 })
  expect(ran.err).toContain(
    'spec.rules[0].backendRefs[0].port: Required value: Must have port for Service reference',
  )
})

it('every other kind of Istio is stored', async () => {
  const { out, err } = await run(
    'apply -f -',
    `apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: lua}
spec: {configPatches: [{applyTo: HTTP_FILTER, patch: {operation: INSERT_FIRST, value: {name: lua}}}]}
---
apiVersion: extensions.istio.io/v1alpha1
kind: WasmPlugin
metadata: {name: wasm}
spec: {url: "oci://registry/plugin:1"}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: nothing}
spec: {}
`,
  )
  expect(out.trim().split('\n')).toEqual([
    'envoyfilter.networking.istio.io/lua created',
    'wasmplugin.extensions.istio.io/wasm created',
    'authorizationpolicy.security.istio.io/nothing created',
  ])
  expect(err).toContain('Warning: EnvoyFilter lua: stored, not carried out yet')
  expect((await run('get envoyfilters lua -o jsonpath={.spec.configPatches[0].patch.value.name}')).out).toBe(
    'lua',
  )
})
