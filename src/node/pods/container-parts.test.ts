import { describe, expect, test } from 'vitest'
import { fc, test as property } from '@fast-check/vitest'
import type { Container } from '../../resources/core/container.ts'
import type { Pod, PodSpec } from '../../resources/core/pod.ts'
import { containerIdentity, rootForbidden, type NodeRights } from './container-identity.ts'
import { startedNotes } from './container-notes.ts'
import { createLineEncoder } from './container-log.ts'
import { parseProcStat } from './container-record.ts'
import { hostsFile, podHostname, resolvConf, sandboxHostname } from './pod-files.ts'
import { ignoredFieldNotes } from './pod-notes.ts'
import { countResult, verdictOf, type ProbeCount } from './probe-runner.ts'
import { identityCommand } from './start-script.ts'

const pod = (spec: Partial<PodSpec> = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'shop', uid: 'u' },
  spec: { containers: [], ...spec },
})

describe('who a container runs as', () => {
  const root: NodeRights = {
    canDropCapabilities: true,
    isMappedUser: () => true,
    isMappedGroup: () => true,
    canSetGroups: true,
  }
  const alone: NodeRights = {
    ...root,
    isMappedUser: (uid) => uid === 0,
    isMappedGroup: (gid) => gid === 0,
    canSetGroups: false,
  }
  const decide = (
    container: Partial<Container>,
    spec: Partial<PodSpec> = {},
    rights = root,
    image?: { uid: number; gid: number },
  ) => containerIdentity(pod(spec), { name: 'a', ...container }, image, rights)

  test('the container’s word before the pod’s before the image’s', () => {
    const image = { uid: 5, gid: 6 }
    expect(decide({}, {}, root, image).identity).toMatchObject({ uid: 5, gid: 6 })
    expect(decide({}, { securityContext: { runAsUser: 7 } }, root, image).identity).toMatchObject({
      uid: 7,
      gid: 0,
    })
    expect(
      decide(
        { securityContext: { runAsUser: 8, runAsGroup: 9 } },
        { securityContext: { runAsUser: 7, fsGroup: 3 } },
        root,
      ).identity,
    ).toMatchObject({ uid: 8, gid: 9, groups: [3] })
    expect(decide({}).identity.uid).toBeUndefined()
  })

  test('a user that is not there is not faked', () => {
    const decision = decide(
      { securityContext: { runAsUser: 1000 } },
      { securityContext: { runAsGroup: 3, fsGroup: 2000 } },
      alone,
    )
    expect(decision.ignoredIds).toEqual(['user 1000', 'group 3', 'group 2000'])
    expect(decision.identity.uid).toBeUndefined()
    expect(
      startedNotes({ name: 'a' }, { standIn: 'x', ignoredIds: decision.ignoredIds }).at(-1),
    ).toMatchObject({
      type: 'Warning',
      reason: 'RunAsUserIgnored',
      message: expect.stringContaining('container a runs without user 1000, group 3, group 2000'),
    })
  })

  test('root of a namespace of one user is had; groups beside it are not', () => {
    const root = decide({ securityContext: { runAsUser: 0, runAsGroup: 0 } }, {}, alone)
    expect(root.ignoredIds).toEqual([])
    expect(identityCommand(root.identity).slice(0, 6)).toEqual([
      'setpriv',
      '--reuid',
      '0',
      '--regid',
      '0',
      '--keep-groups',
    ])
    const shared = decide({}, { securityContext: { fsGroup: 0 } }, alone)
    expect([shared.identity.uid, shared.identity.groups, shared.ignoredIds]).toEqual([
      0,
      undefined,
      ['group 0'],
    ])
  })

  test('capabilities as container runtimes grant them', () => {
    const of = (securityContext: Container['securityContext']) =>
      decide(securityContext === undefined ? {} : { securityContext }).identity.capabilities
    expect(of(undefined)).toContain('net_bind_service')
    expect(of(undefined)).not.toContain('sys_admin')
    expect(of({ capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] } })).toEqual(['net_admin'])
    expect(of({ capabilities: { drop: ['CAP_KILL'] } })).not.toContain('kill')
    expect(of({ privileged: true })).toBeUndefined()
  })

  test('runAsNonRoot refuses root', () => {
    const container: Container = { name: 'a', securityContext: { runAsNonRoot: true } }
    expect(rootForbidden(pod(), container, { noNewPrivileges: false })).toMatch(
      /^container has runAsNonRoot and image will run as root/,
    )
    expect(rootForbidden(pod(), container, { uid: 1, noNewPrivileges: false })).toBeUndefined()
    const explicit: Container = { name: 'a', securityContext: { runAsNonRoot: true, runAsUser: 0 } }
    expect(rootForbidden(pod(), explicit, { uid: 0, noNewPrivileges: false })).toBe(
      'container\'s runAsUser breaks non-root policy (pod: "web_shop(u)", container: a)',
    )
  })
})

describe('files of a pod', () => {
  const dns = { nameserver: '10.96.0.10', domain: 'cluster.local' }
  const host = 'search lan\nnameserver 192.0.2.1\n'
  const cluster =
    'search shop.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n'

  test.each<[Partial<PodSpec>, string]>([
    [{}, cluster],
    [{ dnsPolicy: 'Default' }, host],
    [{ hostNetwork: true }, host],
    [{ hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' }, cluster],
    [
      { dnsPolicy: 'None', dnsConfig: { nameservers: ['1.1.1.1'], options: [{ name: 'edns0' }] } },
      'nameserver 1.1.1.1\noptions edns0\n',
    ],
    [
      { dnsConfig: { searches: ['x.y'], options: [{ name: 'ndots', value: '2' }] } },
      cluster.replace('\nnameserver', ' x.y\nnameserver').replace('ndots:5', 'ndots:2'),
    ],
    [{ dnsPolicy: 'Default', dnsConfig: { searches: ['x'] } }, 'search lan x\nnameserver 192.0.2.1\n'],
  ])('resolv.conf of %o', (spec, expected) => {
    expect(resolvConf(pod(spec), dns, host)).toBe(expected)
  })

  test('hosts and host name', () => {
    const named = pod({
      hostname: 'db-0',
      subdomain: 'db',
      hostAliases: [{ ip: '10.0.0.1', hostnames: ['a', 'b'] }],
    })
    expect(hostsFile(named, '10.244.0.9', dns)).toContain(
      '10.244.0.9\tdb-0.db.shop.svc.cluster.local\tdb-0\n',
    )
    expect(hostsFile(named, '10.244.0.9', dns)).toContain('10.0.0.1\ta\tb\n')
    expect(podHostname({ ...pod(), metadata: { name: `${'x'.repeat(62)}-tail` } })).toBe('x'.repeat(62))
  })
})

test('the kernel knows a pod by its qualified name when it asks for that', () => {
  const dns = { nameserver: '10.96.0.10', domain: 'cluster.local' }
  const named: Partial<PodSpec> = { setHostnameAsFQDN: true, subdomain: 'db', hostname: 'a' }
  expect(sandboxHostname(pod(named), dns)).toBe('a.db.shop.svc.cluster.local')
  expect(sandboxHostname(pod({ setHostnameAsFQDN: true }), dns)).toBe('web')
  expect(() => sandboxHostname(pod({ ...named, hostname: 'a'.repeat(60) }), dns)).toThrow(
    /is too long \(64 characters is the max, 86 characters requested\)/,
  )
})

test('what is without effect is said', () => {
  expect(ignoredFieldNotes(pod())).toEqual([])
  expect(ignoredFieldNotes(pod({ hostPID: true, shareProcessNamespace: true }))[0]?.message).toMatch(
    /^spec\.hostPID, spec\.shareProcessNamespace: without effect/,
  )
})

describe('logs', () => {
  const at = Date.UTC(2026, 0, 2)

  test('lines are tagged; the rest waits for its end', () => {
    const encoder = createLineEncoder('stdout')
    expect(encoder.push(Buffer.from('a\nb'), at).toString()).toBe(
      '2026-01-02T00:00:00.000000000Z stdout F a\n',
    )
    expect(encoder.push(Buffer.from('c\n\n'), at).toString()).toBe(
      '2026-01-02T00:00:00.000000000Z stdout F bc\n2026-01-02T00:00:00.000000000Z stdout F \n',
    )
    expect(encoder.end(at).toString()).toBe('')
    encoder.push(Buffer.from('rest'), at)
    expect(encoder.end(at).toString()).toBe('2026-01-02T00:00:00.000000000Z stdout F rest\n')
  })

  test('of a terminal the prompt is written as it is, and its line goes on', () => {
    const encoder = createLineEncoder('stdout', 'write')
    const time = '2026-01-02T00:00:00.000000000Z'
    expect(encoder.push(Buffer.from('a\n$ '), at).toString()).toBe(
      `${time} stdout F a\n${time} stdout P $ \n`,
    )
    expect(encoder.push(Buffer.from('ls\n'), at).toString()).toBe(`${time} stdout F ls\n`)
    expect(encoder.end(at).toString()).toBe('')
  })

  property.prop(
    [
      fc.array(fc.string({ unit: fc.constantFrom('a', 'ü', '\n'), maxLength: 20_000, minLength: 0 }), {
        maxLength: 5,
      }),
    ],
    { numRuns: 50 },
  )('nothing is lost or added, however it is cut', (chunks) => {
    const encoder = createLineEncoder('stderr')
    const log = Buffer.concat([
      ...chunks.map((chunk) => encoder.push(Buffer.from(chunk), at)),
      encoder.end(at),
    ])
    const parts: Buffer[] = []
    let rest = log
    while (rest.length > 0) {
      const end = rest.indexOf(10)
      const line = rest.subarray(0, end)
      const isFull = line.subarray(38, 39).toString() === 'F'
      expect(line.length).toBeLessThanOrEqual(40 + 16 * 1024)
      parts.push(line.subarray(40), Buffer.from(isFull ? '\n' : ''))
      rest = rest.subarray(end + 1)
    }
    const text = chunks.join('')
    expect(Buffer.concat(parts).toString()).toBe(text === '' || text.endsWith('\n') ? text : `${text}\n`)
  })
})

test.each([
  [
    '12 (a b) c) S 7 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 4711 9',
    { pid: 12, parent: 7, startTime: '4711', state: 'S' },
  ],
  ['', undefined],
  ['12 (sh) S 7', undefined],
])('the process of %j', (line, expected) => {
  expect(parseProcStat(line)).toEqual(expected)
})

test.each([
  [[true], 'success'],
  [[false], undefined],
  [[false, false], undefined],
  [[false, false, false], 'failure'],
  [[false, false, true, false], undefined],
])('results %j with default thresholds: %s', (results, expected) => {
  let count: ProbeCount | undefined
  for (const result of results) count = countResult(count, result)
  expect(count && verdictOf({}, count)).toBe(expected)
})
