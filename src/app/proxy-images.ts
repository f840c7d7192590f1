import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { proxyImage } from '../inject/injection-settings.ts'
import { prepareRedirect } from '../inject/redirect-rules.ts'
import { preparedPath, type ImageResolver, type PrepareContext } from '../node/images/image-resolver.ts'
import { expandReferences } from '../node/pods/env-variables.ts'
import { CodedError } from '../primitives/coded-error.ts'
import { parseImageReference } from '../primitives/image-reference.ts'
import { prepareProxy } from '../proxy/prepare-proxy.ts'

/** A command line and the files that it reads. */
interface Program {
  readonly command: readonly string[]
  readonly args: readonly string[]
  readonly files: readonly { readonly name: string; readonly content: string }[]
}

/** The image has two programs, as Istio's has: the redirect of istio-init, and Envoy. */
const programOf = (context: PrepareContext, envoy: string): Program => {
  const args = (context.container.args ?? []).map((word) => expandReferences(word, context.env))
  if (args[0] !== 'istio-iptables') {
    const { pod, podIp, env } = context
    return prepareProxy({ pod, podIp, args, env, envoy, directory: preparedPath })
  }
  const redirect = prepareRedirect(args, preparedPath)
  if (!redirect.ok) throw new CodedError('redirect-arguments', redirect.error)
  return redirect.value
}

/** The image of istio-init and istio-proxy: nftables rules, and the Envoy of this machine with its bootstrap. */
export const proxyImages = (envoy: string): ImageResolver => ({
  resolve: async (image) => {
    if (parseImageReference(image).path !== proxyImage) return undefined
    return {
      id: `weft-proxy://${envoy}`,
      standIn: `the Envoy at ${envoy}`,
      command: [envoy],
      visible: [dirname(envoy)],
      prepare: async (context) => {
        const { command, args, files } = programOf(context, envoy)
        for (const { name, content } of files) await writeFile(join(context.directory, name), content)
        return { argv: [...command, ...args] }
      },
    }
  },
})
