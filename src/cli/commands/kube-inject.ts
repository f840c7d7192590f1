import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { stringify } from 'yaml'
import { injectWorkload } from '../../inject/inject-workload.ts'
import { defaultInjectionSettings, type InjectionSettings } from '../../inject/injection-settings.ts'
import { formatManifestError, type ManifestObject } from '../../manifests/manifest.ts'
import { parseManifests } from '../../manifests/parse-manifests.ts'
import { CodedError } from '../../primitives/coded-error.ts'
import type { KubeObject } from '../../resources/kube-object.ts'
import { readManifestSources } from '../analysis/manifest-sources.ts'
import type { CliContext } from '../cli-context.ts'

interface KubeInjectOptions {
  readonly filename?: readonly string[]
  readonly output?: string
}

const injectObject = (read: ManifestObject, settings: InjectionSettings): KubeObject => {
  const outcome = injectWorkload(read.object, settings)
  if (outcome.ok) return outcome.value.object
  const { line, column } = read.positionOf('spec')
  const { kind, metadata } = read.object
  const message = `${kind} ${metadata.name}: ${outcome.error}`
  throw new CodedError(
    'injection-refused',
    formatManifestError({ source: read.source, line, column, message }),
  )
}

/** YAML 1.1, as kubectl reads it: `yes` or `012` as text gets its quotes. */
const documentOf = (object: KubeObject): string => stringify(object, { version: '1.1', lineWidth: 0 })

/** `weft kube-inject -f FILE`: the objects of the files, those that make pods with their sidecar. */
export const kubeInject = async (
  context: CliContext,
  parameters: readonly string[],
  options: KubeInjectOptions,
): Promise<number> => {
  const names = [...(options.filename ?? []), ...parameters]
  if (names.length === 0)
    throw new CodedError('wrong-usage', 'name a file, or - for standard input: weft kube-inject -f app.yaml')
  const sources = await readManifestSources(context, names)
  const read = sources.map(({ text, name }) => parseManifests(text, name))
  const errors = read.flatMap((one) => one.errors)
  if (errors.length > 0) throw new CodedError('manifest-invalid', errors.map(formatManifestError).join('\n'))
  const settings = defaultInjectionSettings(context.version)
  const objects = read.flatMap((one) => one.objects).map((object) => injectObject(object, settings))
  const text = objects.map(documentOf).join('---\n')
  if (options.output === undefined || options.output === '-') context.out(text)
  else await writeFile(resolve(context.workingDirectory, options.output), text)
  return 0
}
