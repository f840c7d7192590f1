import { mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { PersistentVolume } from '../../resources/core/persistent-volume.ts'
import type { Pod } from '../../resources/core/pod.ts'
import type { Volume } from '../../resources/core/volume.ts'
import { fail, ok, type Result } from '../../primitives/result.ts'
import { writeAtomicDirectory } from './atomic-directory.ts'
import { exceededVolume } from './empty-dir.ts'
import { containerMounts, setUpVolume } from './pod-volumes.ts'
import { volumeFiles, volumeReferences, type VolumeFiles, type VolumeSources } from './volume-files.ts'

const pod: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'shop', uid: 'u', labels: { app: 'web' } },
  spec: { containers: [{ name: 'app' }] },
}

const sources: VolumeSources = {
  pod,
  podIp: '10.244.0.2',
  hostIp: '10.244.0.1',
  nodeName: 'weft',
  nodeCapacity: { cpu: 2, memoryBytes: 1 },
  claims: new Map(),
  tokens: new Map<string, Result<string, string>>([
    ['3600 vault', ok('a.b.c')],
    ['600 ', fail('serviceaccounts "web" not found')],
  ]),
  configMaps: new Map([
    [
      'settings',
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'settings' },
        data: { color: 'red', size: '3' },
        binaryData: { blob: Buffer.from([0, 255]).toString('base64') },
      },
    ],
  ]),
  secrets: new Map([
    ['key', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'key' }, data: { token: 'Z2VoZWlt' } }],
  ]),
}

const shown = (files: VolumeFiles): Record<string, string> =>
  Object.fromEntries(
    [...files].map(([path, file]) => [
      path,
      `${file.mode.toString(8)} ${Buffer.from(file.content).toString('latin1')}`,
    ]),
  )

describe('files of volumes', () => {
  test.each<[string, Omit<Volume, 'name'>, Record<string, string>]>([
    [
      'all keys',
      { configMap: { name: 'settings' } },
      { color: '644 red', size: '644 3', blob: '644 \u0000\u00ff' },
    ],
    [
      'items',
      {
        configMap: {
          name: 'settings',
          defaultMode: 0o600,
          items: [
            { key: 'color', path: 'a/b', mode: 0o400 },
            { key: 'size', path: 'c' },
          ],
        },
      },
      { 'a/b': '400 red', c: '600 3' },
    ],
    ['secrets decoded', { secret: { secretName: 'key' } }, { token: '644 geheim' }],
    ['optional and absent', { configMap: { name: 'no', optional: true } }, {}],
    [
      'downward API',
      { downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
      { labels: '644 app="web"' },
    ],
    [
      'projected',
      {
        projected: {
          defaultMode: 0o440,
          sources: [
            { configMap: { name: 'settings', items: [{ key: 'color', path: 'color' }] } },
            { secret: { name: 'key' } },
            { serviceAccountToken: { path: 'vault/token', audience: 'vault' } },
            {
              downwardAPI: { items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }] },
            },
          ],
        },
      },
      { color: '440 red', token: '440 geheim', 'vault/token': '440 a.b.c', namespace: '440 shop' },
    ],
  ])('%s', (_name, volume, expected) => {
    const files = volumeFiles({ name: 'v', ...volume }, sources)
    expect(files?.ok === true ? shown(files.value) : files).toEqual(expected)
  })

  test.each<[Omit<Volume, 'name'>, string]>([
    [{ configMap: { name: 'no' } }, 'configmap "no" not found'],
    [{ secret: { secretName: 'no' } }, 'secret "no" not found'],
    [
      { configMap: { name: 'settings', items: [{ key: 'x', path: 'x' }] } },
      'references non-existent config key: x',
    ],
    [
      { projected: { sources: [{ serviceAccountToken: { path: 'token', expirationSeconds: 600 } }] } },
      'failed to fetch token: serviceaccounts "web" not found',
    ],
  ])('%o: %s', (volume, error) => {
    expect(volumeFiles({ name: 'v', ...volume }, sources)).toEqual({ ok: false, error })
  })

  test('names what it needs', () => {
    const volumes: Volume[] = [
      { name: 'a', configMap: { name: 'x' } },
      { name: 'b', projected: { sources: [{ configMap: { name: 'x' } }, { secret: { name: 'y' } }] } },
    ]
    expect(volumeReferences(volumes)).toEqual({ configMaps: ['x'], secrets: ['y'] })
  })
})

describe('on disk', () => {
  let directory: string

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'weft-volumes-'))
  })

  afterEach(() => rm(directory, { recursive: true, force: true }))

  const files = (contents: Record<string, string>): VolumeFiles =>
    new Map(
      Object.entries(contents).map(([path, text]) => [path, { content: Buffer.from(text), mode: 0o644 }]),
    )

  test('a new generation replaces all files in one step', async () => {
    const volume = join(directory, 'v')
    expect(await writeAtomicDirectory(volume, files({ a: '1', 'b/c': '2' }), { generation: 'g1' })).toBe(true)
    expect(await readFile(join(volume, 'b/c'), 'utf8')).toBe('2')
    expect(await readlink(join(volume, 'a'))).toBe('..data/a')
    expect(await writeAtomicDirectory(volume, files({ a: '1', 'b/c': '2' }), { generation: 'g2' })).toBe(
      false,
    )
    expect(await readlink(join(volume, '..data'))).toBe('..g1')
    expect(await writeAtomicDirectory(volume, files({ a: '3', d: '4' }), { generation: 'g3' })).toBe(true)
    expect((await readdir(volume)).toSorted()).toEqual(['..data', '..g3', 'a', 'd'])
    expect(await readFile(join(volume, 'a'), 'utf8')).toBe('3')
  })

  const place = () => ({ directory, generation: 'g' })

  test('emptyDir is everybody’s', async () => {
    const made = await setUpVolume({ name: 'tmp', emptyDir: {} }, place(), sources)
    expect(made).toEqual({ ok: true, value: join(directory, 'tmp') })
    expect((await stat(join(directory, 'tmp'))).mode & 0o777).toBe(0o777)
  })

  test.each<[Volume, string]>([
    [
      { name: 'v', configMap: { name: 'no' } },
      'MountVolume.SetUp failed for volume "v" : configmap "no" not found',
    ],
    [
      { name: 'v', hostPath: { path: '/no/such', type: 'Directory' } },
      'MountVolume.SetUp failed for volume "v" : hostPath type check failed: /no/such is not a directory',
    ],
    [
      { name: 'v', hostPath: { path: '/etc', type: 'Folder' } },
      'MountVolume.SetUp failed for volume "v" : hostPath type check failed: "Folder" is an invalid volume type',
    ],
    [
      { name: 'v', emptyDir: { medium: 'HugePages' } },
      'MountVolume.SetUp failed for volume "v" : the medium HugePages is not supported: leave it out, or write Memory',
    ],
    [
      { name: 'v', persistentVolumeClaim: { claimName: 'x' } },
      'MountVolume.SetUp failed for volume "v" : PVC x is not bound',
    ],
    [
      { name: 'v', ...{ nfs: { server: 's', path: '/' } } },
      'MountVolume.SetUp failed for volume "v" : volumes of type nfs are not supported: use emptyDir, configMap, secret, downwardAPI, projected, hostPath or persistentVolumeClaim',
    ],
  ])('%o fails with words', async (volume, error) => {
    expect(await setUpVolume(volume, place(), sources)).toEqual({ ok: false, error })
  })

  test('a claim is the directory of its volume, and read-only where the pod asks for that', async () => {
    const path = join(directory, 'volumes/pvc-1')
    const persistent: PersistentVolume = {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'pvc-1' },
      spec: { hostPath: { path, type: 'DirectoryOrCreate' } },
    }
    const volume = { name: 'v', persistentVolumeClaim: { claimName: 'data' } }
    const claims = new Map([['data', ok(persistent)]])
    expect(await setUpVolume(volume, place(), { ...sources, claims })).toEqual(ok(path))
    const container = { name: 'c', volumeMounts: [{ name: 'v', mountPath: '/data' }] }
    const paths = new Map([['v', path]])
    const mount = { source: path, path: '/data', kind: 'directory' }
    expect(await containerMounts(container, [volume], paths, {})).toEqual(ok([{ ...mount, readOnly: false }]))
    const readOnly = { ...volume, persistentVolumeClaim: { claimName: 'data', readOnly: true } }
    expect(await containerMounts(container, [readOnly], paths, {})).toEqual(
      ok([{ ...mount, readOnly: true }]),
    )
  })

  test.each([
    ['/etc', 'Directory', undefined],
    ['/etc/passwd', 'File', undefined],
    ['/dev/null', 'CharDevice', undefined],
    ['/dev/null', '', undefined],
    ['new/one', '', 'directory'],
    ['new/two', 'DirectoryOrCreate', 'directory'],
    ['three', 'FileOrCreate', 'file'],
    ['/etc/passwd', 'DirectoryOrCreate', 'is not a directory'],
    ['/etc', 'FileOrCreate', 'is not a file'],
    ['/etc', 'Socket', 'is not a socket file'],
    ['/etc', 'BlockDevice', 'is not a block device'],
    ['/dev/null', 'File', 'is not a file'],
    ['missing', 'File', 'is not a file'],
  ])('hostPath %s of type %j: %s', async (name, type, expected) => {
    const path = resolve(directory, name)
    const made = await setUpVolume({ name: 'v', hostPath: { path, type } }, place(), sources)
    const isFailure = expected?.startsWith('is not') === true
    expect(made).toEqual(
      isFailure
        ? {
            ok: false,
            error: `MountVolume.SetUp failed for volume "v" : hostPath type check failed: ${path} ${expected}`,
          }
        : { ok: true, value: path },
    )
    if (isFailure) return
    const found = await stat(path)
    if (expected !== undefined) expect(found.isDirectory() ? 'directory' : 'file').toBe(expected)
  })

  test('files of a pod with an fsGroup are readable by its group', async () => {
    const fsGroup = process.getgid?.() ?? 0
    const grouped = { ...sources, pod: { ...pod, spec: { ...pod.spec, securityContext: { fsGroup } } } }
    const volume: Volume = { name: 'v', secret: { secretName: 'key', defaultMode: 0o400 } }
    await setUpVolume(volume, place(), grouped)
    const found = await stat(join(directory, 'v/token'))
    expect([found.mode & 0o777, found.gid]).toEqual([0o440, fsGroup])
  })

  test('an emptyDir that holds more than its limit is named', async () => {
    const volume: Volume = { name: 'cache', emptyDir: { sizeLimit: '64Ki' } }
    const paths = new Map([['cache', join(directory, 'cache')]])
    await setUpVolume(volume, place(), sources)
    await mkdir(join(directory, 'cache/deep'))
    await writeFile(join(directory, 'cache/deep/a'), Buffer.alloc(32 * 1024, 1))
    expect(await exceededVolume([volume], paths)).toBeUndefined()
    await writeFile(join(directory, 'cache/b'), Buffer.alloc(64 * 1024, 1))
    expect(await exceededVolume([{ name: 'other', emptyDir: {} }, volume], paths)).toBe(
      'Usage of EmptyDir volume "cache" exceeds the limit "64Ki". ',
    )
  })

  test('a link in a volume does not lead out of it', async () => {
    const volume: Volume = { name: 'e', emptyDir: {} }
    await setUpVolume(volume, place(), sources)
    const source = join(directory, 'e')
    await symlink('/etc', join(source, 'out'))
    await symlink('in', join(source, 'link'))
    await mkdir(join(source, 'in'))
    const mount = (subPath: string) =>
      containerMounts(
        { name: 'app', volumeMounts: [{ name: 'e', mountPath: '/e', subPath }] },
        [volume],
        new Map([['e', source]]),
        {},
      )
    expect(await mount('out')).toEqual({
      ok: false,
      error: 'failed to prepare subPath for volumeMount "e" of container "app"',
    })
    expect((await mount('link')).ok).toBe(true)
    expect((await mount('fresh/one')).ok).toBe(true)
    expect((await stat(join(source, 'fresh/one'))).mode & 0o777).toBe(0o777)
  })

  test('mounts: configuration is read-only, subPath is made and stays inside', async () => {
    const volumes: Volume[] = [
      { name: 'e', emptyDir: {} },
      { name: 'c', configMap: { name: 'settings' } },
    ]
    for (const volume of volumes) await setUpVolume(volume, place(), sources)
    const paths = new Map(volumes.map((volume) => [volume.name, join(directory, volume.name)]))
    const mount = (
      volumeMounts: { name: string; mountPath: string; subPath?: string; subPathExpr?: string }[],
    ) => containerMounts({ name: 'app', volumeMounts }, volumes, paths, { POD: 'web' })
    expect(
      await mount([
        { name: 'e', mountPath: '/e', subPathExpr: 'logs/$(POD)' },
        { name: 'c', mountPath: '/c/color', subPath: 'color' },
      ]),
    ).toEqual({
      ok: true,
      value: [
        { source: join(directory, 'e/logs/web'), path: '/e', kind: 'directory', readOnly: false },
        { source: join(directory, 'c/color'), path: '/c/color', kind: 'file', readOnly: true },
      ],
    })
    expect((await mount([{ name: 'e', mountPath: '/e', subPath: '../c' }])).ok).toBe(false)
    expect((await mount([{ name: 'none', mountPath: '/e' }])).ok).toBe(false)
  })
})
