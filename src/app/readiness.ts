import { get } from 'node:http'
import type { ClusterClient } from '../cluster/cluster-client.ts'
import { CodedError, messageOf } from '../primitives/coded-error.ts'
import type { Node } from '../resources/core/node.ts'
import { gatewayAddress, gatewayService } from './gateway-answers.ts'

const answers = (url: string, signal: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    const request = get(url, { signal, timeout: 1000, agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    request.on('timeout', () => request.destroy())
    request.on('error', () => resolve(false))
  })

/** One thing that must hold before `weft up` returns. */
export interface Milestone {
  readonly name: string
  /** Undefined when reached, else what is still missing. */
  readonly missing: (signal: AbortSignal) => Promise<string | undefined>
}

/** API server, control plane and node, ingress gateway: in the order in which they come up. */
export const milestones = (client: ClusterClient): readonly Milestone[] => [
  {
    name: 'API server',
    missing: async (signal) => {
      await client.raw.text({ method: 'GET', path: '/readyz' }, signal)
      return undefined
    },
  },
  {
    name: 'Node',
    missing: async (signal) => {
      const nodes = await client.list<Node>({ group: '', version: 'v1', plural: 'nodes' }, {}, signal)
      const ready = nodes.items.some((node) =>
        node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'),
      )
      return ready ? undefined : 'the node is not Ready yet'
    },
  },
  {
    name: 'Ingress gateway',
    missing: async (signal) => {
      const address = gatewayAddress(await gatewayService(client, signal))
      if (address === undefined) return 'the Service istio-ingressgateway has no address yet'
      const ready = await answers(`http://${address}:15021/healthz/ready`, signal)
      return ready ? undefined : `http://${address}:15021/healthz/ready does not answer 200 yet`
    },
  },
]

const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds)
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        reject(signal.reason)
      },
      { once: true },
    )
  })

/**
 * Waits for a milestone. Throws `milestone-missed` with what `hopeless` says when it says why none can come any more,
 * or with what is missing after `patience` milliseconds.
 */
export const awaitMilestone = async (
  milestone: Milestone,
  options: { readonly patience: number; readonly hopeless: () => Promise<string | undefined> },
  signal: AbortSignal,
): Promise<void> => {
  const deadline = performance.now() + options.patience
  for (;;) {
    const missing = await milestone.missing(signal).catch((error: unknown) => messageOf(error))
    if (missing === undefined) return
    signal.throwIfAborted()
    const late = performance.now() > deadline ? `after ${options.patience / 1000} s: ${missing}` : undefined
    const reason = (await options.hopeless()) ?? late
    if (reason !== undefined) throw new CodedError('milestone-missed', `${milestone.name}: ${reason}`)
    await pause(25, signal)
  }
}
