/** The files that a command names, read: files, directories with all below them, and `-` for standard input. */
import { readFileSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { CodedError, messageOf } from '../../primitives/coded-error.ts'
import type { CliContext } from '../cli-context.ts'
import { kustomizePatches } from './kustomize-patches.ts'

export interface ManifestSource {
  /** As messages call it: the path as given, `-` for standard input. */
  readonly name: string
  readonly text: string
  /** Named by the user, not found in a directory. */
  readonly isNamed: boolean
}

const MANIFEST = /\.(?:ya?ml|json)$/i

const isSkipped = (name: string): boolean => name.startsWith('.') || name === 'node_modules'

interface FoundFile {
  /** As messages call it. */
  readonly shown: string
  readonly path: string
}

interface FoundFiles {
  readonly files: readonly FoundFile[]
  /** Paths of what is no object by itself. */
  readonly patches: readonly string[]
}

const filesBelow = async (directory: string, shown: string): Promise<FoundFiles> => {
  const entries = await readdir(directory, { withFileTypes: true })
  const ordered = entries.filter(({ name }) => !isSkipped(name)).sort((a, b) => (a.name < b.name ? -1 : 1))
  const files: FoundFile[] = []
  const patches = [
    ...(await kustomizePatches(
      directory,
      ordered.map(({ name }) => name),
    )),
  ]
  for (const entry of ordered) {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) {
      const below = await filesBelow(path, join(shown, entry.name))
      files.push(...below.files)
      patches.push(...below.patches)
    } else if (MANIFEST.test(entry.name)) files.push({ shown: join(shown, entry.name), path })
  }
  return { files, patches }
}

const unreadable = (path: string, error: unknown): CodedError =>
  new CodedError('manifest-unreadable', `cannot read ${path}: ${messageOf(error)}`)

/** At once: a thousand small files take longer to wait for than to read. */
const readSource = (context: CliContext, name: string, isNamed: boolean): ManifestSource => {
  context.signal.throwIfAborted()
  const path = resolve(context.workingDirectory, name)
  try {
    return { name, text: readFileSync(path, 'utf8'), isNamed }
  } catch (error) {
    throw unreadable(name, error)
  }
}

const expand = async (context: CliContext, name: string): Promise<readonly ManifestSource[]> => {
  if (name === '-') {
    if (context.stdin === undefined) throw new CodedError('no-standard-input', 'there is no standard input')
    return [{ name, text: await context.stdin(), isNamed: true }]
  }
  const path = resolve(context.workingDirectory, name)
  const found = await stat(path).catch((error: unknown) => {
    throw unreadable(name, error)
  })
  if (!found.isDirectory()) return [readSource(context, name, true)]
  const { files, patches } = await filesBelow(path, name)
  const skipped = new Set(patches)
  return files.filter((file) => !skipped.has(file.path)).map(({ shown }) => readSource(context, shown, false))
}

/** Every source once, in the order given. Throws CodedError for what cannot be read. */
export const readManifestSources = async (
  context: CliContext,
  names: readonly string[],
): Promise<readonly ManifestSource[]> => {
  const sources: ManifestSource[] = []
  for (const name of new Set(names)) sources.push(...(await expand(context, name)))
  return sources
}
