import { CodedError } from '../../primitives/coded-error.ts'
import { addImageMapping, readImageMappings, removeImageMapping } from '../../images/image-mappings.ts'
import type { CliContext } from '../cli-context.ts'
import { textTable } from '../text-table.ts'

/** `weft image add IMAGE -- COMMAND [ARG...]` */
export const imageAdd = async (context: CliContext, parameters: readonly string[]): Promise<number> => {
  const [image, ...command] = parameters
  if (image === undefined || command.length === 0) {
    throw new CodedError(
      'image-command-missing',
      'name the image and, after --, the program that stands for it: weft image add myapp:1.0 -- java -jar target/myapp.jar',
    )
  }
  await addImageMapping(context.instance.imagesFile, image, { command, workdir: context.workingDirectory })
  context.out(`${image} runs ${command.join(' ')} in ${context.workingDirectory}\n`)
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
export const imageList = async (context: CliContext): Promise<number> => {
  const mappings = await readImageMappings(context.instance.imagesFile)
  const rows = [
    ...[...mappings].map(([image, { command }]) => [image, 'mapped', command.join(' ')]),
    ...context.instance.catalogue.map(({ image, description }) => [image, 'built in', description]),
  ]
  context.out(textTable([['IMAGE', 'SOURCE', 'PROGRAM'], ...rows]))
  return 0
}
