/** The user's image mappings, images.json in the home: which local program stands for which image. */
import { watch } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { CodedError, messageOf, errorCodeOf } from '../primitives/coded-error.ts'
import { canonicalImage } from '../primitives/image-reference.ts'
import { isJsonObject } from '../primitives/json-value.ts'

/** `{"myapp:1.0": {"command": ["java", "-jar", "target/myapp.jar"], "workdir": "/home/me/myapp"}}` */
export interface ImageMapping {
  readonly command: readonly string[]
  readonly workdir?: string
  readonly env?: Readonly<Record<string, string>>
  /** Where the program listens; it is told as $PORT. */
  readonly port?: number
}

export type ImageMappingTable = ReadonlyMap<string, ImageMapping>

const invalid = (path: string, problem: string): CodedError =>
  new CodedError(
    'image-mappings-invalid',
    `${path}: ${problem}; write {"myapp:1.0": {"command": ["java", "-jar", "app.jar"], "workdir": "/path"}}, or remove the file`,
  )

const isWordList = (value: unknown): value is string[] =>
  Array.isArray(value) && value.length > 0 && value.every((word) => typeof word === 'string')

export const isPort = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 65_536

const parseEntry = (path: string, image: string, value: unknown): ImageMapping => {
  if (!isJsonObject(value) || !isWordList(value['command']))
    throw invalid(path, `${JSON.stringify(image)} needs a "command" that is a list of words`)
  const { command, workdir, env, port } = value
  if (workdir !== undefined && typeof workdir !== 'string')
    throw invalid(path, `"workdir" of ${JSON.stringify(image)} is no text`)
  if (port !== undefined && !isPort(port))
    throw invalid(path, `"port" of ${JSON.stringify(image)} is no port, from 1 to 65535`)
  const variables = isJsonObject(env) ? Object.entries(env) : []
  return {
    command,
    ...(workdir === undefined ? {} : { workdir }),
    ...(port === undefined ? {} : { port }),
    ...(env === undefined
      ? {}
      : {
          env: Object.fromEntries(
            variables.map(([name, text]) => [name, typeof text === 'string' ? text : JSON.stringify(text)]),
          ),
        }),
  }
}

/** An absent file is an empty table. Throws CodedError `image-mappings-invalid` with what to write. */
export const readImageMappings = async (path: string): Promise<ImageMappingTable> => {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (errorCodeOf(error) === 'ENOENT') return new Map()
    throw new CodedError('image-mappings-unreadable', messageOf(error), { cause: error })
  }
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    throw invalid(path, messageOf(error))
  }
  if (!isJsonObject(parsed)) throw invalid(path, 'the file is no JSON object')
  return new Map(
    Object.entries(parsed).map(([image, value]) => [canonicalImage(image), parseEntry(path, image, value)]),
  )
}

const write = async (path: string, table: ImageMappingTable): Promise<void> => {
  const sorted = [...table].toSorted(([left], [right]) => (left < right ? -1 : 1))
  await mkdir(dirname(path), { recursive: true })
  await writeFile(`${path}.new`, `${JSON.stringify(Object.fromEntries(sorted), undefined, 2)}\n`)
  await rename(`${path}.new`, path)
}

/** Puts a program in the place of an image; replaces an earlier mapping of it. */
export const addImageMapping = async (path: string, image: string, mapping: ImageMapping): Promise<void> => {
  const table = new Map(await readImageMappings(path))
  table.set(canonicalImage(image), mapping)
  await write(path, table)
}

/** False when the image was not mapped. */
export const removeImageMapping = async (path: string, image: string): Promise<boolean> => {
  const table = new Map(await readImageMappings(path))
  if (!table.delete(canonicalImage(image))) return false
  await write(path, table)
  return true
}

/** The mappings as the node reads them: each look-up sees the file as it is now. */
export const openImageMappings = (
  path: string,
): {
  readonly find: (image: string) => Promise<ImageMapping | undefined>
  readonly onChange: (listener: () => void, signal: AbortSignal) => void
} => ({
  find: async (image) => (await readImageMappings(path)).get(canonicalImage(image)),
  onChange: (listener, signal) => {
    // The directory, not the file: a rename replaces the file's inode.
    const watcher = watch(dirname(path), { signal }, (_event, name) => {
      if (name === basename(path)) listener()
    })
    watcher.on('error', () => undefined)
  },
})
