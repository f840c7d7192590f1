import { accessSync, constants, realpathSync, statSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve, sep } from 'node:path'
import type { ImageResolver } from './image-resolver.ts'

/** A program that the user put in the place of an image. */
export interface MappedProgram {
  readonly command: readonly string[]
  /** Where it runs; shown to the container read-only. */
  readonly workdir?: string
  readonly env?: Readonly<Record<string, string>>
  /** Where it listens; it is told as $PORT. */
  readonly port?: number
}

/** The user's mappings, as `src/images` keeps them. */
export interface ImageMappings {
  readonly find: (image: string) => Promise<MappedProgram | undefined>
  readonly onChange: (listener: () => void, signal: AbortSignal) => void
}

export interface MappingOptions {
  /** The user's home directory: programs below it are shown with the whole tool directory, e.g. ~/.nvm. */
  readonly userHome: string
  /** The user's PATH, to find programs as the user's shell would. */
  readonly path: string
}

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** The program's file as the user's shell would find it. */
export const findExecutable = (word: string, workdir: string, path: string): string | undefined => {
  if (word.includes(sep)) {
    const file = isAbsolute(word) ? word : resolve(workdir, word)
    return isExecutable(file) ? file : undefined
  }
  return path
    .split(':')
    .filter((directory) => directory !== '')
    .map((directory) => join(directory, word))
    .find(isExecutable)
}

/** What must be visible for the program at `file`: below the home the tool's directory there, else its own directory. */
const toolDirectory = (file: string, userHome: string): string => {
  const home = userHome.endsWith('/') ? userHome : `${userHome}/`
  const [tool, ...rest] = file.startsWith(home) ? file.slice(home.length).split('/') : []
  return tool === undefined || rest.length === 0 ? dirname(file) : `${home}${tool}`
}

const realpath = (path: string): string => {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

const visibleFor = (
  program: MappedProgram,
  executable: string | undefined,
  options: MappingOptions,
): string[] => {
  const files = executable === undefined ? [] : [executable, realpath(executable)]
  const arguments_ = program.command.slice(1).filter((word) => isAbsolute(word) && realpath(word) !== '/')
  const directories = [
    ...files.map((file) => toolDirectory(file, options.userHome)),
    ...arguments_.flatMap((word) => {
      const found = statSync(word, { throwIfNoEntry: false })
      return found === undefined ? [] : [found.isDirectory() ? word : dirname(word)]
    }),
    ...(program.workdir === undefined ? [] : [program.workdir]),
  ]
  // A whole home or file system is never shown.
  return [...new Set(directories)].filter((path) => path !== '/' && path !== options.userHome)
}

const portOf = ({ port }: MappedProgram): Readonly<Record<string, string>> =>
  port === undefined ? {} : { PORT: String(port) }

/** Resolves the images that the user mapped; it goes before the catalogue. */
export const mappingResolver = (mappings: ImageMappings, options: MappingOptions): ImageResolver => ({
  resolve: async (image) => {
    const program = await mappings.find(image)
    if (program === undefined) return undefined
    const [word = '', ...args] = program.command
    const executable = findExecutable(word, program.workdir ?? '/', options.path)
    return {
      id: `weft-mapping://${image}`,
      standIn: `${JSON.stringify(program.command.join(' '))} of this machine, as \`weft image add\` says`,
      command: [executable ?? word],
      args,
      env: { PATH: options.path, HOME: options.userHome, ...portOf(program), ...program.env },
      ...(program.workdir === undefined ? {} : { workdir: program.workdir }),
      visible: visibleFor(program, executable, options),
    }
  },
  onChange: mappings.onChange,
})
