import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  addImageMapping,
  openImageMappings,
  readImageMappings,
  removeImageMapping,
} from './image-mappings.ts'

let directory: string
let path: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'weft-images-'))
  path = join(directory, 'images.json')
})

afterEach(() => rm(directory, { recursive: true }))

test('an absent file maps nothing', async () => {
  expect(await readImageMappings(path)).toEqual(new Map())
  expect(await removeImageMapping(path, 'myapp:1.0')).toBe(false)
})

test('what is added is found under every way to write the image, and goes again', async () => {
  const mapping = { command: ['java', '-jar', 'app.jar'], workdir: '/src/myapp', env: { A: '1' }, port: 3000 }
  await addImageMapping(path, 'docker.io/library/myapp:1.0', mapping)
  await addImageMapping(path, 'other', { command: ['x'] })
  const mappings = openImageMappings(path)
  expect(await mappings.find('myapp:1.0')).toEqual(mapping)
  expect(await mappings.find('myapp:2.0')).toBeUndefined()
  expect(Object.keys(JSON.parse(await readFile(path, 'utf8')))).toEqual(['myapp:1.0', 'other:latest'])
  expect(await removeImageMapping(path, 'myapp:1.0')).toBe(true)
  expect(await mappings.find('myapp:1.0')).toBeUndefined()
  expect(await mappings.find('other:latest')).toEqual({ command: ['x'] })
})

test('a change is told', async () => {
  const stop = new AbortController()
  const told = new Promise<void>((resolve) => openImageMappings(path).onChange(resolve, stop.signal))
  await addImageMapping(path, 'a', { command: ['b'] })
  await told
  stop.abort()
})

test.each([
  ['no JSON', '{'],
  ['no object', '[]'],
  ['"myapp" needs a "command"', '{"myapp": {}}'],
  ['"myapp" needs a "command"', '{"myapp": {"command": []}}'],
  ['"workdir" of "myapp"', '{"myapp": {"command": ["x"], "workdir": 3}}'],
  ['"port" of "myapp"', '{"myapp": {"command": ["x"], "port": "80"}}'],
])('a file that is wrong (%s) is refused with what to write', async (problem, text) => {
  await writeFile(path, text)
  const failure = readImageMappings(path)
  await expect(failure).rejects.toMatchObject({ code: 'image-mappings-invalid' })
  await expect(failure).rejects.toThrow('"command": ["java", "-jar", "app.jar"]')
  if (problem.startsWith('"')) await expect(failure).rejects.toThrow(problem)
})
