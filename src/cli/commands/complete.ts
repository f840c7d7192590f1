import { catalogue as messages } from '../../analyze/catalogue.ts'
import { readImageMappings } from '../../images/image-mappings.ts'
import type { KubeObject } from '../../resources/kube-object.ts'
import type { CliContext } from '../cli-context.ts'
import { completeWords, type Candidate, type Source } from '../completion/complete-words.ts'
import { demos } from '../demo/demos.ts'

/** Names of objects of the running cluster; none when it does not answer. */
const objectNames = async (context: CliContext, plural: string): Promise<readonly Candidate[]> => {
  const client = await context.instance.connect()
  try {
    const resource = { group: '', version: 'v1', plural }
    const { items } = await client.list<KubeObject>(resource, {}, context.signal)
    return items.map(({ metadata: { name, namespace } }) => ({
      word: namespace === undefined ? name : `${name}.${namespace}`,
    }))
  } finally {
    client.close()
  }
}

const valuesOf = async (context: CliContext, source: Source): Promise<readonly Candidate[]> => {
  if (source === 'pods' || source === 'namespaces') return objectNames(context, source)
  if (source === 'images') {
    const mapped = await readImageMappings(context.instance.imagesFile)
    return [...mapped.keys()].map((word) => ({ word }))
  }
  if (source === 'codes') return messages().map(({ code, name }) => ({ word: code, description: name }))
  if (source === 'demos') return demos.map(({ name, title }) => ({ word: name, description: title }))
  return []
}

/** `weft complete -- WORD...`: what the shells' scripts ask; see completion/shell-scripts.ts. Never fails. */
export const complete = async (context: CliContext, parameters: readonly string[]): Promise<number> => {
  const { candidates, source } = completeWords(context.commands ?? [], parameters)
  const prefix = parameters.at(-1) ?? ''
  const values = source === undefined ? [] : await valuesOf(context, source).catch(() => [])
  const shown = [...candidates, ...values.filter(({ word }) => word.startsWith(prefix))]
  for (const { word, description } of shown)
    context.out(description === undefined ? `${word}\n` : `${word}\t${description}\n`)
  if (source !== undefined) context.out(`:${source}\n`)
  return 0
}
