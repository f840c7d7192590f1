import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { CodedError } from '../../primitives/coded-error.ts'
import {
  addImageMapping,
  isPort,
  readImageMappings,
  removeImageMapping,
  type ImageMapping,
} from '../../images/image-mappings.ts'
import type { CliContext } from '../cli-context.ts'
import { textTable } from '../text-table.ts'

interface AddOptions {
  readonly workdir?: string
  readonly env?: readonly string[]
  readonly port?: string
}

const readVariable = (text: string): readonly [string, string] => {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? []
  if (name === undefined || value === undefined)
    throw new CodedError('wrong-usage', `--env ${text}: write a name and a value, such as LOG_LEVEL=debug`)
  return [name, value]
}

const readPort = (text: string): number => {
  const port = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (!isPort(port)) throw new CodedError('wrong-usage', `--port ${text}: write a port from 1 to 65535`)
  return port
}

const readWorkdir = async (context: CliContext, given: string | undefined): Promise<string> => {
  const workdir = resolve(context.workingDirectory, given ?? '.')
  const found = await stat(workdir).catch(() => undefined)
  if (found?.isDirectory() === true) return workdir
  throw new CodedError('wrong-usage', `--workdir ${given}: there is no directory ${workdir}`)
}

/** What a mapping runs, where, and with what. */
const describeMapping = ({ command, workdir, env, port }: ImageMapping): string => {
  const variables = Object.entries(env ?? {}).map(([name, value]) => `${name}=${value}`)
  const where = workdir === undefined ? [] : [`in ${workdir}`]
  const more = [...where, ...variables, ...(port === undefined ? [] : [`port ${port}`])]
  return more.length === 0 ? command.join(' ') : `${command.join(' ')} (${more.join(', ')})`
}

/** `weft image add IMAGE [options] -- COMMAND [ARG...]` */
export const imageAdd = async (
  context: CliContext,
  parameters: readonly string[],
  options: AddOptions,
): Promise<number> => {
  const [image, ...command] = parameters
  if (image === undefined || command.length === 0) {
    throw new CodedError(
      'image-command-missing',
      'name the image and, after --, the program that stands for it: weft image add myapp:1.0 -- java -jar target/myapp.jar',
    )
  }
  const env = Object.fromEntries((options.env ?? []).map(readVariable))
  const mapping: ImageMapping = {
    command,
    workdir: await readWorkdir(context, options.workdir),
    ...(Object.keys(env).length === 0 ? {} : { env }),
    ...(options.port === undefined ? {} : { port: readPort(options.port) }),
  }
  await addImageMapping(context.instance.imagesFile, image, mapping)
  context.out(`${image} runs ${describeMapping(mapping)}\n`)
  return 0
}

/** `weft image rm IMAGE` */
export const imageRemove = async (context: CliContext, parameters: readonly string[]): Promise<number> => {
  const [image = ''] = parameters
  if (await removeImageMapping(context.instance.imagesFile, image)) {
    context.out(`${image} is no longer mapped\n`)
    return 0
  }
  throw new CodedError('image-not-mapped', `${image} is not mapped; \`weft image ls\` shows what is`)
}

/** `weft image ls`: the user's mappings, then the built-in catalogue. */
export const imageList = async (
  context: CliContext,
  _parameters: readonly string[],
  options: { readonly output?: string },
): Promise<number> => {
  const mappings = await readImageMappings(context.instance.imagesFile)
  const { catalogue } = context.instance
  if (options.output === 'json') {
    const mapped = [...mappings].map(([image, mapping]) => ({ image, ...mapping }))
    context.out(`${JSON.stringify({ mapped, builtIn: catalogue }, undefined, 2)}\n`)
    return 0
  }
  const rows = [
    ...[...mappings].map(([image, mapping]) => [image, 'mapped', describeMapping(mapping)]),
    ...catalogue.map(({ image, description }) => [image, 'built in', description]),
  ]
  context.out(textTable([['IMAGE', 'SOURCE', 'PROGRAM'], ...rows]))
  return 0
}
