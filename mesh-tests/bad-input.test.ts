import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startInstance, type Instance } from './support/instance.ts'
import { killProcess } from './support/processes.ts'
import {
  applyShifting,
  destinationRule,
  programmed,
  shiftingFile,
  version,
  virtualService,
} from './support/shifting.ts'
import { underTraffic, until } from './support/traffic.ts'

let instance: Instance
let url: string
beforeAll(async () => {
  instance = await startInstance()
  url = await applyShifting(instance)
})
afterAll(() => instance?.remove())

const apply = (manifest: string): Promise<string> => instance.kubectlOk(['apply', '-f', '-'], manifest)

/** Every version that answers in 40 requests: a version with a share of a half stays unseen once in 10^12. */
const versionsSeen = async (host?: string): Promise<readonly string[]> => {
  const seen = new Set<string>()
  for (let sent = 0; sent < 40; sent += 1) seen.add(await version(url, host))
  return [...seen].toSorted()
}

const untilProgrammed = async (status: string, object?: string): Promise<string> => {
  let condition = ''
  await until(
    () => `Programmed is ${status}; it is ${condition}`,
    async () => {
      condition = await programmed(instance, object)
      return condition.startsWith(status)
    },
  )
  return condition
}

describe('what is refused at the door', () => {
  const istio = (kind: string, name: string, spec: string): string =>
    `apiVersion: networking.istio.io/v1\nkind: ${kind}\nmetadata: {name: ${name}}\nspec: ${spec}\n`
  const route = (http: string): string =>
    istio('VirtualService', 'myapp', `{hosts: ["*"], gateways: [myapp-gateway], http: ${http}}`)

  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ['malformed YAML', 'apiVersion: v1\nkind: ConfigMap\n\tmetadata: x\n', ['YAML', 'line 3', 'tab']],
    [
      'an unknown field',
      istio('VirtualService', 'myapp', '{hosts: ["*"], htpp: []}'),
      ['VirtualService', 'myapp', 'unknown field "spec.htpp", did you mean "spec.http"?'],
    ],
    [
      'an unknown kind',
      'apiVersion: networking.istio.io/v1\nkind: VirtualServise\nmetadata: {name: myapp}\n',
      ['no matches for kind "VirtualServise" in version "networking.istio.io/v1"'],
    ],
    [
      'a text for a number',
      route('[{route: [{destination: {host: myapp, subset: v1}, weight: "75"}]}]'),
      [
        'VirtualService "myapp"',
        'spec.http[0].route[0].weight',
        '"75"',
        'integer',
        'write 75 without quotes',
      ],
    ],
    [
      'a word that is none of the enumeration',
      istio(
        'DestinationRule',
        'myapp-destination-rule',
        '{host: myapp, trafficPolicy: {loadBalancer: {simple: ROUNDROBIN}}}',
      ),
      [
        'DestinationRule "myapp-destination-rule"',
        'spec.trafficPolicy.loadBalancer.simple',
        '"ROUNDROBIN"',
        '"ROUND_ROBIN"',
      ],
    ],
    [
      'a negative weight',
      route(
        '[{route: [{destination: {host: myapp}, weight: -5}, {destination: {host: myapp}, weight: 105}]}]',
      ),
      ['Name: "myapp"', 'spec.http[0].route[0].weight', 'must not be negative'],
    ],
    [
      'weights of nothing at all',
      route('[{route: [{destination: {host: myapp}, weight: 0}, {destination: {host: myapp}, weight: 0}]}]'),
      ['spec.http[0].route', 'must not all be 0; write shares such as 75 and 25'],
    ],
    [
      'a missing field',
      route('[{route: [{destination: {subset: v1}}]}]'),
      ['VirtualService "myapp"', 'spec.http[0].route[0].destination.host', 'Required value'],
    ],
    [
      'what Istio’s webhook denies',
      route('[{match: [{uri: {regex: "/a(?=b)"}}], route: [{destination: {host: myapp}}]}]'),
      [
        'admission webhook "validation.istio.io" denied the request',
        'spec.http[0].match[0].uri.regex',
        'RE2',
      ],
    ],
    [
      'several faults at once',
      istio(
        'Gateway',
        'myapp-gateway',
        '{selector: {istio: ingressgateway}, servers: [{port: {number: 99999, name: http, protocol: HTPP}, hosts: []}]}',
      ),
      [
        'myapp-gateway',
        '3 errors occurred',
        'spec.servers[0].hosts: a server needs at least one host; write * for all',
        'spec.servers[0].port.protocol: supported protocols are HTTP',
        'spec.servers[0].port.number: must be between 1 and 65535',
      ],
    ],
    [
      'a wrong type in a Deployment',
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: myapp-v1}\nspec: {replicas: two}\n',
      ['Deployment', 'myapp-v1', 'spec.replicas', '"two"', 'must be of type integer'],
    ],
  ]

  test('each with exit code 1 and a message; nothing changes, no request fails', async () => {
    const objects = ['get', 'vs,dr,gw,deploy,svc', '-o', 'jsonpath={.items[*].metadata.generation}']
    const before = await instance.kubectlOk(objects)
    await underTraffic(url, async () => {
      for (const [what, manifest, words] of cases) {
        const { status, stderr, stdout } = await instance.kubectl(['apply', '-f', '-'], manifest)
        expect(status, what).toBe(1)
        expect(stdout, what).toBe('')
        for (const word of words) expect(stderr, what).toContain(word)
      }
    })
    expect(await instance.kubectlOk(objects)).toBe(before)
  })
})

describe('a VirtualService that names what does not exist', () => {
  const references = [
    [{ subset: 'v9' }, 'spec.http[0].route[0].destination.subset', 'write one of "v1", "v2"'],
    [{ host: 'myap' }, 'spec.http[0].route[0].destination.host', 'write the name of an existing one'],
    [{ port: 9999 }, 'spec.http[0].route[0].destination.port.number', 'write one of its ports: 8080'],
  ] as const

  test('keeps its previous routes, and the condition says what to write', async () => {
    await apply(virtualService('myapp', '*', [{ subset: 'v2' }]))
    await untilProgrammed('True')
    await underTraffic(
      url,
      async () => {
        for (const [to, field, remedy] of references) {
          await apply(virtualService('myapp', '*', [{ subset: 'v1', ...to }]))
          const condition = await untilProgrammed('False')
          expect(condition).toContain('UnresolvedReferences')
          expect(condition).toContain(`${field}: `)
          expect(condition).toContain(remedy)
          expect(condition).toContain('stays in use')
        }
      },
      ({ status, body }) => status === 200 && body.includes('version 2'),
    )
  })

  test('held back, it stays held back through kill -9 of the server and down and up', async () => {
    await apply(virtualService('myapp', '*', [{ subset: 'v9' }]))
    await untilProgrammed('False')
    const onlyVersion2 = ({ status, body }: { status: number; body: string }): boolean =>
      status === 200 && body.includes('version 2')
    await underTraffic(
      url,
      async () => {
        await killProcess(instance, 'server')
        await until('the server serves its proxies again', async () =>
          (await instance.weft('proxy-status')).stdout.includes('SYNCED'),
        )
        // Pushed to the proxies by the new server, after it: what it knows of myapp is in force now.
        await apply(virtualService('other', 'other.example', [{ subset: 'v1' }]))
        await untilProgrammed('True', 'virtualservice/other')
      },
      onlyVersion2,
    )
    expect(await untilProgrammed('False')).toContain('stays in use')
    await instance.weft('down')
    expect((await instance.weft('up')).status).toBe(0)
    url = `${await instance.gatewayUrl()}/api/v1/hello`
    await until('the application answers again', async () => (await version(url)) === '2')
    expect(await versionsSeen()).toEqual(['2'])
    expect(await untilProgrammed('False')).toContain('stays in use')
  })

  test('follows as soon as the subset appears', async () => {
    await underTraffic(url, async () => {
      await apply(destinationRule('v1', 'v2', 'v9'))
      await untilProgrammed('True')
      expect(await versionsSeen()).toEqual(['1'])
    })
    const record = await instance.kubectlOk(['get', 'vs', 'myapp', '-o', 'jsonpath={.status.inUse}'])
    expect(record).toBe('')
  })

  test('answers 503 for the unresolved share when it is new, 404 elsewhere', async () => {
    const broken = virtualService('new', 'new.example', [
      { subset: 'v2', weight: 50 },
      { subset: 'v7', weight: 50 },
    ])
    await underTraffic(url, async () => {
      await apply(broken)
      const condition = await untilProgrammed('False', 'virtualservice/new')
      expect(condition).toContain('UnresolvedReferences')
      expect(condition).toContain('answered 503')
      await until('the share of the existing subset is served', async () =>
        (await versionsSeen('new.example')).includes('2'),
      )
      expect(await versionsSeen('new.example')).toEqual(['2', 'status 503'])
      expect(await version(url.replace('/api/v1/hello', '/elsewhere'))).toBe('status 404')
      await apply(destinationRule('v1', 'v2', 'v7', 'v9'))
      await untilProgrammed('True', 'virtualservice/new')
      expect(await versionsSeen('new.example')).toEqual(['1', '2'])
    })
  })
})

describe('deleting what a live route uses', () => {
  test('a subset, its DestinationRule, its Service: traffic goes on, also after kill -9, and the condition says it', async () => {
    await instance.kubectlOk(['delete', 'vs', 'new', 'other', '--ignore-not-found'])
    await instance.kubectlOk([
      'apply',
      '-f',
      shiftingFile('myapp-dr.yaml'),
      '-f',
      shiftingFile('myapp-gateway.yaml'),
    ])
    await untilProgrammed('True')
    await underTraffic(url, async () => {
      await apply(destinationRule('v1'))
      const condition = await untilProgrammed('False')
      expect(condition).toContain('UnresolvedReferences spec.http[0].route[1].destination.subset: ')
      expect(condition).toContain(
        'defines the subset "v2" any more; add it to a DestinationRule of that host again',
      )
      expect(condition).toContain('what was deleted stays in use until no route names it')
      await instance.kubectlOk(['delete', 'dr', 'myapp-destination-rule'])
      await until('both subsets are missed', async () =>
        /"v1" any more.*"v2" any more/.test(await programmed(instance)),
      )
      await instance.kubectlOk(['delete', 'service', 'myapp'])
      await until('the service is missed', async () =>
        (await programmed(instance)).includes('is no service of the mesh any more; create the Service again'),
      )
      await killProcess(instance, 'server')
      await until('the API server answers', async () => (await instance.kubectl(['get', 'vs'])).status === 0)
      expect(await versionsSeen()).toEqual(['1', '2'])
    })
  })

  test('defined again, everything is as before; no request fails on the way', async () => {
    await underTraffic(url, async () => {
      await instance.kubectlOk([
        'apply',
        '-f',
        shiftingFile('myapp-dr.yaml'),
        '-f',
        shiftingFile('myapp.yaml'),
      ])
      await untilProgrammed('True')
      expect(await versionsSeen()).toEqual(['1', '2'])
    })
  })

  test('no route names them any more: they go', async () => {
    await instance.kubectlOk(['delete', 'dr', 'myapp-destination-rule'])
    await untilProgrammed('False')
    await underTraffic(url, async () => {
      await apply(virtualService('myapp', '*', [{}]))
      await untilProgrammed('True')
    })
    const clusters = await instance.weft(
      ...['proxy-config', 'clusters', 'deploy/istio-ingressgateway', '-n', 'istio-system'],
    )
    expect(clusters.stdout).toContain('myapp.default.svc.cluster.local')
    expect(clusters.stdout).not.toMatch(/\bv[12]\b/)
  })
})
