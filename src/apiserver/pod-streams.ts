/** pods/log, pods/exec, pods/attach and pods/portforward: found in the store, then served by the node. */
import type { KubeObject } from '../resources/kube-object.ts'
import type { ApiContext, ObjectTarget } from './api-context.ts'
import { orThrow, queryFlag, refuse, type ApiAnswer, type ApiRequest } from './api-request.ts'
import { badRequest } from '../machinery/status-errors.ts'
import { containerOf, waitingReason } from './pod-containers.ts'
import { forwardedHeaders, relayHttp } from './relay-http.ts'
import { decodeStored, section } from './stored-object.ts'
import { storedOf } from './update-object.ts'

const podOf = (context: ApiContext, target: ObjectTarget): KubeObject =>
  decodeStored(target.kind, target.apiVersion, storedOf(context, target))

const isScheduled = (pod: KubeObject): boolean => (section(pod, 'spec')['nodeName'] ?? '') !== ''

// The API's names of the streams, and the kubelet's.
const kubeletFlags = { stdin: 'input', stdout: 'output', stderr: 'error', tty: 'tty' } as const

const streamQuery = (query: URLSearchParams): URLSearchParams => {
  const kubelet = new URLSearchParams(query)
  kubelet.delete('container')
  for (const [name, flag] of Object.entries(kubeletFlags)) {
    if (name !== flag) kubelet.delete(name)
    kubelet.delete(flag)
    if (queryFlag(query, name)) kubelet.set(flag, '1')
  }
  return kubelet
}

const pathOf = (parts: readonly string[], query: URLSearchParams): string => {
  const text = query.toString()
  return `/${parts.map(encodeURIComponent).join('/')}${text === '' ? '' : `?${text}`}`
}

/** GET pods/x/log: the node's answer to /containerLogs/{namespace}/{pod}/{container}, as it comes. */
export const podLogs = async (
  context: ApiContext,
  target: ObjectTarget,
  request: ApiRequest,
): Promise<ApiAnswer> => {
  const pod = podOf(context, target)
  const container = orThrow(containerOf(pod, request.query.get('container')))
  if (!isScheduled(pod)) return { kind: 'body', code: 200, contentType: 'text/plain', body: '' }
  const waiting = waitingReason(pod, container)
  if (waiting !== undefined) refuse(waiting)
  const query = new URLSearchParams(request.query)
  query.delete('container')
  const path = pathOf(['containerLogs', target.namespace ?? '', target.name, container], query)
  return relayHttp(context.connectNode, {
    method: 'GET',
    path,
    headers: { ...forwardedHeaders(request.headers), host: 'node' },
    signal: request.signal,
  })
}

/** The node's path for exec, attach or portforward; throws what makes it impossible. */
export const podStreamPath = (context: ApiContext, target: ObjectTarget, query: URLSearchParams): string => {
  const pod = podOf(context, target)
  const namespace = target.namespace ?? ''
  if (!isScheduled(pod)) refuse(badRequest(`pod ${target.name} does not have a host assigned`))
  switch (target.subresource) {
    case 'portforward':
      return pathOf(['portForward', namespace, target.name], query)
    case 'exec':
    case 'attach': {
      if (target.subresource === 'exec' && query.getAll('command').length === 0) {
        refuse(badRequest('you must specify at least one command for the container'))
      }
      const container = orThrow(containerOf(pod, query.get('container')))
      return pathOf([target.subresource, namespace, target.name, container], streamQuery(query))
    }
    default:
      return refuse(
        badRequest(`${target.subresource ?? 'this resource'} does not take an upgraded connection`),
      )
  }
}
