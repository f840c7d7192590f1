import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { canonicalImage, parseImageReference } from '../../primitives/image-reference.ts'
import type { ImageResolver, ResolvedImage } from './image-resolver.ts'

/** One image of the built-in catalogue. */
export interface CatalogueEntry {
  /** The image's path without registry, e.g. `howto-k8s-http2/color_client`. */
  readonly name: string
  /** Tags it stands for; absent: any. */
  readonly tags?: readonly string[]
  /**
   * Registries other than Docker Hub that it is found under, as a pattern for the whole registry name, e.g. an
   * account's ECR, where the name of the image is the author's but the account is the user's.
   */
  readonly registries?: RegExp
  /** The program of our own, relative to the catalogue's directory; run by the node that runs Weft. */
  readonly program?: string
  /** A program of the host instead. */
  readonly command?: readonly string[]
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly workdir?: string
  readonly user?: { readonly uid: number; readonly gid: number }
  /** What it does, for `weft image ls`. */
  readonly description: string
}

/** The entry that stands for an image, if any. */
export const findEntry = (
  catalogue: readonly CatalogueEntry[],
  image: string,
): CatalogueEntry | undefined => {
  const { registry, path, tag } = parseImageReference(image)
  return catalogue.find(
    (entry) =>
      entry.name === path &&
      (registry === 'docker.io' || entry.registries?.test(registry) === true) &&
      (entry.tags === undefined || entry.tags.includes(tag)),
  )
}

export interface CatalogueOptions {
  /** Where the built programs lie, e.g. dist/images. */
  readonly directory: string
  /** The node executable that runs them. */
  readonly nodeExecutable: string
}

/** Where containers see the programs: whatever volumes they mount, it is not hidden. */
const programsPath = '/run/weft/programs'

/** The package.json that makes the programs ECMAScript modules: the nearest one above them. */
const packageFile = (directory: string): string | undefined => {
  const file = join(directory, 'package.json')
  if (existsSync(file)) return file
  return dirname(directory) === directory ? undefined : packageFile(dirname(directory))
}

const shownPrograms = (directory: string): NonNullable<ResolvedImage['shown']> => {
  const file = packageFile(directory)
  return [
    { source: directory, path: `${programsPath}/images` },
    ...(file === undefined ? [] : [{ source: file, path: `${programsPath}/package.json` }]),
  ]
}

/** Resolves the images of the built-in catalogue. */
export const catalogueResolver = (
  catalogue: readonly CatalogueEntry[],
  options: CatalogueOptions,
): ImageResolver => ({
  resolve: async (image) => {
    const entry = findEntry(catalogue, image)
    if (entry === undefined) return undefined
    const {
      name: _name,
      tags: _tags,
      registries: _registries,
      program,
      description: _text,
      command,
      ...rest
    } = entry
    const id = `weft-catalogue://${canonicalImage(image)}`
    if (program === undefined) return { id, ...rest, command: command ?? [] }
    return {
      id,
      ...rest,
      command: [options.nodeExecutable, `${programsPath}/images/${program}`],
      visible: [dirname(options.nodeExecutable)],
      shown: shownPrograms(options.directory),
    }
  },
})
