/** The manifests below the folders of a workspace, read from disk. */
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const MANIFEST = /\.(?:ya?ml|json)$/i
const MOST_FILES = 5000
const LARGEST_FILE = 4 * 1024 * 1024

const isSkipped = (name: string): boolean => name.startsWith('.') || name === 'node_modules'

export const isManifestUri = (uri: string): boolean => uri.startsWith('file:') && MANIFEST.test(uri)

const namesBelow = async (folder: string): Promise<readonly string[]> => {
  const found: string[] = []
  const waiting = [folder]
  for (let next = waiting.pop(); next !== undefined && found.length < MOST_FILES; next = waiting.pop()) {
    const entries = await readdir(next, { withFileTypes: true }).catch(() => [])
    for (const entry of entries) {
      if (isSkipped(entry.name)) continue
      if (entry.isDirectory()) waiting.push(join(next, entry.name))
      else if (entry.isFile() && MANIFEST.test(entry.name)) found.push(join(next, entry.name))
    }
  }
  return found.slice(0, MOST_FILES)
}

/** Undefined for what is no readable file of a size that somebody writes. */
export const readManifestFile = async (uri: string, signal: AbortSignal): Promise<string | undefined> => {
  try {
    const text = await readFile(fileURLToPath(uri), { encoding: 'utf8', signal })
    return text.length > LARGEST_FILE ? undefined : text
  } catch {
    return undefined
  }
}

/** Every manifest below a folder, by URI. Files that cannot be read are left out. */
export const readWorkspaceFolder = async (
  folderUri: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> => {
  if (!folderUri.startsWith('file:')) return new Map()
  const uris = (await namesBelow(fileURLToPath(folderUri))).map((name) => pathToFileURL(name).href)
  const texts = await Promise.all(
    uris.map(async (uri) => [uri, await readManifestFile(uri, signal)] as const),
  )
  return new Map(texts.flatMap(([uri, text]) => (text === undefined ? [] : [[uri, text] as const])))
}
