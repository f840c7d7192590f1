import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { catalogueResolver, type CatalogueEntry } from './catalogue-resolver.ts'
import { firstResolver, unknownImageMessage, type ImageResolver } from './image-resolver.ts'
import { findExecutable, mappingResolver } from './mapping-resolver.ts'

const entry: CatalogueEntry = {
  name: 'app',
  tags: ['1'],
  program: 'app/main.js',
  env: { A: '1' },
  description: 'x',
}

describe('the catalogue', () => {
  const resolver = catalogueResolver([entry, { name: 'curl', command: ['curl'], description: 'y' }], {
    directory: '/weft/dist/images',
    nodeExecutable: '/opt/node/bin/node',
  })

  test('runs its programs with the node that runs Weft', async () => {
    expect(await resolver.resolve('docker.io/library/app:1')).toEqual({
      id: 'weft-catalogue://app:1',
      standIn: "Weft's program app/main.js",
      command: ['/opt/node/bin/node', '/run/weft/programs/images/app/main.js'],
      env: { A: '1' },
      runtimeMemory: 96 * 1024 * 1024,
      visible: ['/opt/node/bin'],
      shown: [{ source: '/weft/dist/images', path: '/run/weft/programs/images' }],
    })
  })

  test('shows them the package that makes them modules', async () => {
    const options = { directory: import.meta.dirname, nodeExecutable: '/opt/node/bin/node' }
    const found = await catalogueResolver([entry], options).resolve('app:1')
    expect(found?.shown?.at(-1)).toEqual({
      source: join(import.meta.dirname, '../../../package.json'),
      path: '/run/weft/programs/package.json',
    })
  })

  test('or a program of the host', async () => {
    expect(await resolver.resolve('curl:8')).toEqual({
      id: 'weft-catalogue://curl:8',
      standIn: '"curl" of this machine',
      command: ['curl'],
    })
  })

  test.each(['app', 'app:2', 'nothing'])('%s is unknown', async (image) => {
    expect(await resolver.resolve(image)).toBeUndefined()
  })
})

test('the first resolver that knows an image wins', async () => {
  const always = (id: string): ImageResolver => ({
    resolve: async () => ({ id, standIn: id, command: [id] }),
  })
  const never: ImageResolver = { resolve: async () => undefined }
  expect((await firstResolver([never, always('a'), always('b')]).resolve('x'))?.id).toBe('a')
  expect(await firstResolver([never]).resolve('x')).toBeUndefined()
})

test('an unknown image says how to map it', () => {
  expect(unknownImageMessage('shop/cart:2')).toContain('weft image add shop/cart:2 -- COMMAND')
})

describe('a mapped program', () => {
  let home: string

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'weft-home-'))
    await mkdir(join(home, '.tools', 'bin'), { recursive: true })
    await mkdir(join(home, 'src', 'myapp'), { recursive: true })
    await writeFile(join(home, '.tools', 'bin', 'run'), '#!/bin/sh\n')
    await chmod(join(home, '.tools', 'bin', 'run'), 0o755)
    await writeFile(join(home, '.tools', 'bin', 'data'), '')
    await symlink(join(home, '.tools', 'bin', 'run'), join(home, 'src', 'myapp', 'start'))
  })

  afterEach(() => rm(home, { recursive: true }))

  const resolve = (command: string[], workdir?: string) =>
    mappingResolver(
      {
        find: async () => ({ command, ...(workdir === undefined ? {} : { workdir }) }),
        onChange: () => undefined,
      },
      { userHome: home, path: `${home}/.tools/bin:/usr/bin` },
    ).resolve('myapp:1.0')

  test('is found on the user’s PATH, with its tool directory', async () => {
    const found = await resolve(['run', '-x'], join(home, 'src', 'myapp'))
    expect(found?.command).toEqual([join(home, '.tools', 'bin', 'run')])
    expect(found?.args).toEqual(['-x'])
    expect(found?.env).toEqual({ PATH: `${home}/.tools/bin:/usr/bin`, HOME: home })
    expect(found?.visible).toEqual([join(home, '.tools'), join(home, 'src', 'myapp')])
  })

  test('is found relative to its directory, through links', async () => {
    const found = await resolve(['./start'], join(home, 'src', 'myapp'))
    expect(found?.command).toEqual([join(home, 'src', 'myapp', 'start')])
    expect(found?.visible).toContain(join(home, '.tools'))
  })

  test('never shows the whole home', async () => {
    const found = await resolve(['run', home], home)
    expect(found?.visible).toEqual([join(home, '.tools')])
  })

  test.each([
    ['data', undefined],
    ['missing', undefined],
    ['/usr/bin/env', '/usr/bin/env'],
  ])('%s is %s', (word, expected) => {
    expect(findExecutable(word, '/', `${home}/.tools/bin`)).toBe(expected)
  })
})
