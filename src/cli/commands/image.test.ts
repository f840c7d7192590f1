import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readImageMappings } from '../../images/image-mappings.ts'
import type { CliContext } from '../cli-context.ts'
import type { InstancePort } from '../instance-port.ts'
import { runCli } from '../main.ts'

let directory = ''
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'weft-image-'))
  await mkdir(join(directory, 'cart'))
})
afterEach(() => rm(directory, { recursive: true }))

const run = async (...argv: readonly string[]) => {
  const written = { out: '', err: '' }
  const catalogue = [{ image: 'nginx:*', description: 'files' }]
  const context: CliContext = {
    instance: { imagesFile: join(directory, 'images.json'), catalogue } as unknown as InstancePort,
    version: '0',
    workingDirectory: directory,
    out: (text) => void (written.out += text),
    err: (text) => void (written.err += text),
    signal: new AbortController().signal,
  }
  return { code: await runCli(['image', ...argv], context), ...written }
}

describe('weft image add', () => {
  test('keeps directory, variables and port; the words after -- are the program’s own', async () => {
    const added = await run(
      ...['add', 'shop/cart:2', '--workdir', 'cart', '--env', 'A=1', '--env', 'B=x=y', '--port', '3000'],
      ...['--', 'npm', 'start', '--port', '9'],
    )
    expect(added).toMatchObject({ code: 0, err: '' })
    const workdir = join(directory, 'cart')
    expect((await readImageMappings(join(directory, 'images.json'))).get('shop/cart:2')).toEqual({
      command: ['npm', 'start', '--port', '9'],
      workdir,
      env: { A: '1', B: 'x=y' },
      port: 3000,
    })
    const { out } = await run('ls')
    expect(out).toContain(
      `shop/cart:2   mapped     npm start --port 9 (in ${workdir}, A=1, B=x=y, port 3000)\n`,
    )
    expect(out).toContain('nginx:*       built in   files\n')
    expect(JSON.parse((await run('ls', '-o', 'json')).out)).toMatchObject({
      mapped: [{ image: 'shop/cart:2', port: 3000 }],
    })
  })

  test('runs here when nothing is said', async () => {
    await run('add', 'myapp:1.0', '--', 'run')
    expect((await readImageMappings(join(directory, 'images.json'))).get('myapp:1.0')).toEqual({
      command: ['run'],
      workdir: directory,
    })
  })

  test.each([
    [['add', 'x'], 'name the image and, after --, the program'],
    [['add'], "missing required argument 'image'"],
    [['add', 'x', '--env', 'A', '--', 'y'], '--env A: write a name and a value'],
    [['add', 'x', '--port', '0', '--', 'y'], '--port 0: write a port'],
    [['add', 'x', '--workdir', 'nowhere', '--', 'y'], '--workdir nowhere: there is no directory'],
    [['remove'], "unknown command 'remove'"],
  ])('%j is wrong usage', async (argv, message) => {
    const { code, err } = await run(...argv)
    expect(code).toBe(2)
    expect(err).toContain(message)
  })

  test('what is not mapped cannot be removed', async () => {
    expect(await run('rm', 'x')).toMatchObject({ code: 1, err: expect.stringContaining('weft image ls') })
  })
})
