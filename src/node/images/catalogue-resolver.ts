import { existsSync } from 'node:fs'
import { chmod, writeFile } from 'node:fs/promises'
import { dirname, join, posix } from 'node:path'
import { canonicalImage, parseImageReference } from '../../primitives/image-reference.ts'
import { shellWords } from '../pods/shell-text.ts'
import { preparedPath, type ImageResolver, type ResolvedImage } from './image-resolver.ts'

/** One image of the built-in catalogue. */
export interface CatalogueEntry {
  /** The image's path without registry, e.g. `howto-k8s-http2/color_client`; without `library/`. */
  readonly name: string
  /** Further paths that the same image is published under. */
  readonly aliases?: readonly string[]
  /** Tags it stands for; absent: any. */
  readonly tags?: readonly string[]
  /** The program of our own, relative to the catalogue's directory; run by the node that runs Weft. */
  readonly program?: string
  /** Where the image has its program, for those who run it by its name: `/usr/bin/fortio`. */
  readonly programPath?: string
  /** A program of the host instead. */
  readonly command?: readonly string[]
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly workdir?: string
  readonly user?: { readonly uid: number; readonly gid: number }
  /** Directories of the image that containers can write to. */
  readonly directories?: readonly string[]
  /** Links of the image: where each leads. */
  readonly links?: Readonly<Record<string, string>>
  /** What it does, for `weft image ls`. */
  readonly description: string
}

/**
 * Docker Hub has the image under its own name alone. Other registries hold copies: under the same name, or in a folder
 * of their own (`mirror.example.com/hub/istio/examples-helloworld-v1`, `public.ecr.aws/docker/library/nginx`).
 */
const isNamed = (name: string, registry: string, path: string): boolean => {
  if (path === name) return true
  if (registry === 'docker.io') return false
  const full = name.includes('/') ? name : `library/${name}`
  return path === full || path.endsWith(`/${full}`)
}

/** The entry that stands for an image, if any. */
export const findEntry = (
  catalogue: readonly CatalogueEntry[],
  image: string,
): CatalogueEntry | undefined => {
  const { registry, path, tag } = parseImageReference(image)
  return catalogue.find(
    (entry) =>
      [entry.name, ...(entry.aliases ?? [])].some((name) => isNamed(name, registry, path)) &&
      (entry.tags === undefined || entry.tags.includes(tag)),
  )
}

export interface CatalogueOptions {
  /** Where the built programs lie, e.g. dist/images. */
  readonly directory: string
  /** The node executable that runs them. */
  readonly nodeExecutable: string
  /** The directory `node_modules` that holds the libraries of the programs, when they need any. */
  readonly libraries?: string
}

/** What Node takes before its program does anything, in bytes: images of compiled programs have limits below it. */
const runtimeMemory = 96 * 1024 * 1024

/** Where containers see the programs: whatever volumes they mount, it is not hidden. */
const programsPath = '/run/weft/programs'

/** The package.json that makes the programs ECMAScript modules: the nearest one above them. */
const packageFile = (directory: string): string | undefined => {
  const file = join(directory, 'package.json')
  if (existsSync(file)) return file
  return dirname(directory) === directory ? undefined : packageFile(dirname(directory))
}

const shownPrograms = ({ directory, libraries }: CatalogueOptions): NonNullable<ResolvedImage['shown']> => {
  const file = packageFile(directory)
  return [
    { source: directory, path: `${programsPath}/images` },
    ...(file === undefined ? [] : [{ source: file, path: `${programsPath}/package.json` }]),
    ...(libraries === undefined ? [] : [{ source: libraries, path: `${programsPath}/node_modules` }]),
  ]
}

/** The program as a file of its own, which a link at the image's path leads to. */
const namedProgram = (
  path: string,
  command: readonly string[],
): Required<Pick<ResolvedImage, 'links' | 'prepare'>> => ({
  links: { [path]: posix.join(preparedPath, posix.basename(path)) },
  prepare: async ({ directory }) => {
    const file = join(directory, posix.basename(path))
    await writeFile(file, `#!/bin/sh\nexec ${shellWords(command)} "$@"\n`)
    await chmod(file, 0o755)
    return undefined
  },
})

/** Resolves the images of the built-in catalogue. */
export const catalogueResolver = (
  catalogue: readonly CatalogueEntry[],
  options: CatalogueOptions,
): ImageResolver => ({
  resolve: async (image) => {
    const entry = findEntry(catalogue, image)
    if (entry === undefined) return undefined
    const { name: _name, aliases: _aliases, tags: _tags, description: _text, ...told } = entry
    const { program, programPath, command, ...rest } = told
    const id = `weft-catalogue://${canonicalImage(image)}`
    if (program === undefined) {
      const own = command ?? []
      const shown = [...own, ...(rest.args ?? [])][0] ?? ''
      return { id, standIn: `${JSON.stringify(shown)} of this machine`, ...rest, command: own }
    }
    const words = [options.nodeExecutable, `${programsPath}/images/${program}`]
    return {
      id,
      standIn: `Weft's program ${program}`,
      ...rest,
      ...(programPath === undefined ? {} : namedProgram(programPath, words)),
      command: words,
      runtimeMemory,
      visible: [dirname(options.nodeExecutable)],
      shown: shownPrograms(options),
    }
  },
})
