import { writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { dirname, join } from 'node:path'
import { proxyImage } from '../inject/injection-settings.ts'
import { prepareRedirect } from '../inject/redirect-rules.ts'
import {
  preparedPath,
  type ImageResolver,
  type PrepareContext,
  type WindDownContext,
} from '../node/images/image-resolver.ts'
import { expandReferences } from '../node/pods/env-variables.ts'
import type { Clock } from '../primitives/clock.ts'
import { CodedError } from '../primitives/coded-error.ts'
import { parseImageReference } from '../primitives/image-reference.ts'
import { drainProxy, type AskAdmin } from '../proxy/drain-proxy.ts'
import { prepareProxy } from '../proxy/prepare-proxy.ts'
import { parseProxyConfig } from '../proxy/proxy-config.ts'
import { defaultClusterAddresses } from '../node/network/cluster-network.ts'

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

/** Envoy's admin interface listens on the pod's own loopback: requests come by way of forwarded ports. */
const adminOf =
  (podIp: string, port: number): AskAdmin =>
  (method, path, signal) =>
    new Promise((resolve, reject) => {
      const options = {
        host: podIp,
        port,
        path,
        method,
        signal,
        localAddress: defaultClusterAddresses.portForward,
      }
      const asked = request(options, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (part: string) => (text += part))
        response.on('end', () => resolve(text))
        response.on('error', reject)
      })
      asked.on('error', reject)
      asked.end()
    })

const drain = async (
  { container, podIp }: WindDownContext,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> => {
  if (container.args?.[0] === 'istio-iptables') return
  const text = container.env?.find(({ name }) => name === 'PROXY_CONFIG')?.value ?? ''
  const { adminPort, terminationDrainSeconds = Number.POSITIVE_INFINITY } = parseProxyConfig(text)
  const ask = adminOf(podIp, adminPort)
  await drainProxy({ ask, clock, idleTime: terminationDrainSeconds * 1000 }, signal)
}

/** The image of istio-init and istio-proxy: nftables rules, and the Envoy of this machine with its bootstrap. */
export const proxyImages = (envoy: string, clock: Clock): ImageResolver => ({
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
      windDown: (context, signal) => drain(context, clock, signal),
    }
  },
})
