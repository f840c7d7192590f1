/** Which container of a pod a request for logs, exec or attach means, and why it cannot be served yet. */
import { isJsonObject, type JsonObject, type JsonValue } from '../primitives/json-value.ts'
import type { ApiError } from '../machinery/api-error.ts'
import { fail, ok, type Result } from '../primitives/result.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import { badRequest } from '../machinery/status-errors.ts'
import { section } from './stored-object.ts'

const defaultContainerAnnotation = 'kubectl.kubernetes.io/default-container'

const objectsIn = (value: JsonValue | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter((item): item is JsonObject => isJsonObject(item)) : []

const namesIn = (value: JsonValue | undefined): readonly string[] =>
  objectsIn(value).flatMap(({ name }) => (typeof name === 'string' ? [name] : []))

/**
 * The container that `asked` names, or the pod's only one, or the one that its annotation
 * kubectl.kubernetes.io/default-container names; 400 in Kubernetes' words otherwise.
 */
export const containerOf = (pod: KubeObject, asked: string | null): Result<string, ApiError> => {
  const spec = section(pod, 'spec')
  const names = namesIn(spec['containers'])
  const initNames = namesIn(spec['initContainers'])
  const all = [...names, ...initNames, ...namesIn(spec['ephemeralContainers'])]
  const { name } = pod.metadata
  if (asked !== null && asked !== '') {
    return all.includes(asked)
      ? ok(asked)
      : fail(badRequest(`container ${asked} is not valid for pod ${name}`))
  }
  const [only] = names
  if (only !== undefined && all.length === 1) return ok(only)
  const annotated = pod.metadata.annotations?.[defaultContainerAnnotation]
  if (annotated !== undefined && all.includes(annotated)) return ok(annotated)
  const inits = initNames.length === 0 ? '' : ` or one of the init containers: [${initNames.join(' ')}]`
  return fail(
    badRequest(
      `a container name must be specified for pod ${name}, choose one of: [${names.join(' ')}]${inits}`,
    ),
  )
}

const statusOf = (pod: KubeObject, container: string): JsonObject | undefined => {
  const status = section(pod, 'status')
  return ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses']
    .flatMap((list) => objectsIn(status[list]))
    .find(({ name }) => name === container)
}

const part = (value: JsonValue | undefined, name: string): JsonObject | undefined => {
  const inner = isJsonObject(value) ? value[name] : undefined
  return isJsonObject(inner) ? inner : undefined
}

/** Why a container has no logs yet: it waits and never ran before; undefined when it has. */
export const waitingReason = (pod: KubeObject, container: string): ApiError | undefined => {
  const status = statusOf(pod, container)
  const waiting = part(status?.['state'], 'waiting')
  if (waiting === undefined || part(status?.['lastState'], 'terminated') !== undefined) return undefined
  const reason = typeof waiting['reason'] === 'string' ? waiting['reason'] : 'ContainerCreating'
  const { name } = pod.metadata
  return badRequest(`container "${container}" in pod "${name}" is waiting to start: ${reason}`)
}
