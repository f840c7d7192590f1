/** Sends the requests of a demo and counts what comes back. */
import { Agent, request } from 'node:http'
import type { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import { callbackify } from 'node:util'
import type { ClusterClient } from '../../cluster/cluster-client.ts'
import { CodedError, messageOf } from '../../primitives/coded-error.ts'
import type { Pod } from '../../resources/core/pod.ts'
import type { CliContext } from '../cli-context.ts'
import type { Demo, DemoCall } from './demos.ts'

export interface Asker {
  /** What the answer is counted as: its match, or what is wrong with it. */
  readonly ask: (signal: AbortSignal) => Promise<string>
  readonly close: () => void
}

const pods = { group: '', version: 'v1', plural: 'pods' }

/** An agent whose connections are streams into a pod. */
const podAgent = (open: () => Promise<Duplex>): Agent => {
  const openWithCallback = callbackify(open)
  const createConnection = (_options: object, done: Parameters<typeof openWithCallback>[0]): void =>
    openWithCallback(done)
  // The stream is no socket: it has neither TCP's keep-alive nor a reference in the event loop to set.
  const keepSocketAlive = (): boolean => true
  const reuseSocket = (): void => undefined
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  return Object.assign(agent, { createConnection, keepSocketAlive, reuseSocket })
}

const findPod = async (
  client: ClusterClient,
  demo: Demo,
  app: string,
  signal: AbortSignal,
): Promise<string> => {
  const { items } = await client.list<Pod>(
    pods,
    { namespace: demo.namespace, labelSelector: `app=${app}` },
    signal,
  )
  const found = items.find(
    ({ metadata, status }) => status?.phase === 'Running' && metadata.deletionTimestamp === undefined,
  )
  if (found === undefined) throw new CodedError('demo-not-ready', `no pod of ${app} runs`)
  return found.metadata.name
}

interface Target {
  readonly url: string
  readonly agent: Agent
}

const targetOf = async (
  context: CliContext,
  client: ClusterClient,
  demo: Demo,
  { from }: DemoCall,
): Promise<Target> => {
  if (from.kind === 'pod') {
    const pod = await findPod(client, demo, from.app, context.signal)
    const to = { namespace: demo.namespace, pod, port: from.port }
    return { url: 'http://localhost', agent: podAgent(() => context.instance.forward(to, context.signal)) }
  }
  const status = await context.instance.status(context.signal)
  const gateway = status.running ? status.gateway : undefined
  if (gateway === undefined)
    throw new CodedError(
      'gateway-without-address',
      'the Service istio-ingressgateway in istio-system has no address',
    )
  return { url: gateway, agent: new Agent({ keepAlive: true, maxSockets: 1 }) }
}

const get = (
  url: string,
  agent: Agent,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly body: string }> =>
  new Promise((resolve, reject) => {
    request(url, { agent, headers, signal }, (response) => {
      text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject)
    })
      .on('error', reject)
      .end()
  })

export const createAsker = async (
  context: CliContext,
  client: ClusterClient,
  demo: Demo,
  call: DemoCall,
): Promise<Asker> => {
  const { url, agent } = await targetOf(context, client, demo, call)
  const host = call.from.kind === 'gateway' && call.from.host !== undefined ? { host: call.from.host } : {}
  const headers = { ...host, ...call.headers }
  return {
    ask: async (signal) => {
      try {
        const { status, body } = await get(`${url}${call.path}`, agent, headers, signal)
        return status === 200 ? (call.answer.exec(body)?.[1] ?? 'another answer') : `status ${status}`
      } catch (error) {
        if (signal.aborted) throw error
        return messageOf(error)
      }
    },
    close: () => agent.destroy(),
  }
}
