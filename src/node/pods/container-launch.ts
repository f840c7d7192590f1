import { chmod, mkdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf } from '../../primitives/coded-error.ts'
import { fail, ok, type Result } from '../../primitives/result.ts'
import type { ConfigMap } from '../../resources/core/config-map.ts'
import type { Container } from '../../resources/core/container.ts'
import type { ProgramSpec } from './start-script.ts'
import type { Pod } from '../../resources/core/pod.ts'
import type { Secret } from '../../resources/core/secret.ts'
import type { Service } from '../../resources/core/service.ts'
import {
  preparedPath,
  unknownImageMessage,
  type Prepared,
  type ResolvedImage,
} from '../images/image-resolver.ts'
import { imageReferenceProblem } from '../../primitives/image-reference.ts'
import { limitsOf } from '../cgroups/cgroup-tree.ts'
import { resources, type NodeContext } from '../node-context.ts'
import { containerMounts } from '../volumes/pod-volumes.ts'
import { containerIdentity, rootForbidden, type IdentityDecision } from './container-identity.ts'
import { hostTree, newContainerId, startContainer, type ContainerProcess } from './container-process.ts'
import {
  attemptFiles,
  containerDirectory,
  removeAttempts,
  type ContainerRecord,
  type PodRecord,
} from './container-record.ts'
import {
  containerArgv,
  containerEnvironment,
  environmentReferences,
  type EnvironmentSources,
} from './env-variables.ts'
import { sandboxHostname } from './pod-files.ts'
import { sandboxMounts, sandboxNamespaces } from './pod-sandbox.ts'
import { planRoot, type RootRequest, type WantedMount } from './root-plan.ts'

/** Why a container cannot be started now; the words are those of a waiting container's status. */
export interface LaunchProblem {
  readonly reason:
    | 'ErrImagePull'
    | 'ErrImageNeverPull'
    | 'InvalidImageName'
    | 'CreateContainerConfigError'
    | 'CreateContainerError'
    | 'RunContainerError'
  readonly message: string
}

export interface LaunchRequest {
  readonly pod: Pod
  readonly container: Container
  readonly attempt: number
  readonly backoff: number
  /** What becomes of it when it ends; of the container, not the pod. */
  readonly restartPolicy: ContainerRecord['restartPolicy']
  readonly sandbox: PodRecord
  /** Where the pod's volumes lie, by name. */
  readonly volumes: ReadonlyMap<string, string>
}

export interface Launched {
  readonly process: ContainerProcess
  /** What runs in the image's place, for people. */
  readonly standIn: string
  /** Users and groups that were asked for and cannot be had here. */
  readonly ignoredIds: readonly string[]
  /** Why the container's limits are not enforced. */
  readonly limitsIgnored?: string
}

type Launch = Result<Launched, LaunchProblem>

const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

const byName = async <T extends ConfigMap | Secret>(
  context: NodeContext,
  kind: 'configMaps' | 'secrets',
  namespace: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, T>> => {
  const found = await Promise.all(
    names.map((name) => context.cluster.get<T>(resources[kind], { namespace, name })),
  )
  return new Map(found.flatMap((object) => (object === undefined ? [] : [[object.metadata.name, object]])))
}

/** What a pod's environment and volumes draw on; reads the named objects from the API. */
export const readSources = async (
  context: NodeContext,
  pod: Pod,
  podIp: string,
  names: { readonly configMaps: readonly string[]; readonly secrets: readonly string[] },
): Promise<Omit<EnvironmentSources, 'services'>> => {
  const namespace = pod.metadata.namespace ?? 'default'
  const [configMaps, secrets] = await Promise.all([
    byName<ConfigMap>(context, 'configMaps', namespace, names.configMaps),
    byName<Secret>(context, 'secrets', namespace, names.secrets),
  ])
  return {
    pod,
    podIp,
    hostIp: context.hostIp,
    nodeName: context.nodeName,
    configMaps,
    secrets,
    nodeCapacity: context.capacity,
  }
}

const readServices = async (context: NodeContext, pod: Pod): Promise<readonly Service[]> => {
  const namespace = pod.metadata.namespace ?? 'default'
  const [own, api] = await Promise.all([
    pod.spec.enableServiceLinks === false
      ? []
      : context.cluster.list<Service>(resources.services, { namespace }).then((list) => list.items),
    namespace === 'default' && pod.spec.enableServiceLinks !== false
      ? undefined
      : context.cluster.get<Service>(resources.services, { namespace: 'default', name: 'kubernetes' }),
  ])
  return api === undefined ? own : [...own, api]
}

const readEnvironment = async (
  context: NodeContext,
  request: LaunchRequest,
): Promise<Result<Readonly<Record<string, string>>, string>> => {
  const [sources, services] = await Promise.all([
    readSources(context, request.pod, request.sandbox.ip, environmentReferences(request.container)),
    readServices(context, request.pod),
  ])
  return containerEnvironment(request.container, { ...sources, services })
}

interface Plan {
  readonly image: ResolvedImage
  /** The pod author's variables. */
  readonly variables: Readonly<Record<string, string>>
  readonly decision: IdentityDecision
  readonly mounts: readonly WantedMount[]
}

const configError = (message: string): Result<never, LaunchProblem> =>
  fail({ reason: 'CreateContainerConfigError', message })

const resolveImage = async (
  context: NodeContext,
  { image = '', imagePullPolicy }: Container,
): Promise<Result<ResolvedImage, LaunchProblem>> => {
  const problem = imageReferenceProblem(image)
  const name = JSON.stringify(image)
  if (problem !== undefined) {
    const message = `Failed to apply default image tag ${name}: couldn't parse image name ${name}: ${problem}`
    return fail({ reason: 'InvalidImageName', message })
  }
  const found = await context.images.resolve(image)
  if (found !== undefined) return ok(found)
  const unknown = unknownImageMessage(image)
  return fail(
    imagePullPolicy === 'Never'
      ? {
          reason: 'ErrImageNeverPull',
          message: `Container image ${name} is not present with pull policy of Never: ${unknown}`,
        }
      : { reason: 'ErrImagePull', message: unknown },
  )
}

const plan = async (context: NodeContext, request: LaunchRequest): Promise<Result<Plan, LaunchProblem>> => {
  const { pod, container } = request
  const resolved = await resolveImage(context, container)
  if (!resolved.ok) return resolved
  const image = resolved.value
  const variables = await readEnvironment(context, request)
  if (!variables.ok) return configError(variables.error)
  const decision = containerIdentity(pod, container, image.user, context.rights)
  const forbidden =
    decision.ignoredIds.length === 0 ? rootForbidden(pod, container, decision.identity) : undefined
  if (forbidden !== undefined) return configError(forbidden)
  const mounts = await containerMounts(container, pod.spec.volumes ?? [], request.volumes, variables.value)
  if (!mounts.ok) return configError(mounts.error)
  return ok({ image, variables: variables.value, decision, mounts: mounts.value })
}

/** Empty files and directories that belong to this attempt alone. */
const ownFiles = async (context: NodeContext, request: LaunchRequest): Promise<readonly WantedMount[]> => {
  const { container, attempt, sandbox } = request
  const files = attemptFiles(context.directories, sandbox.uid, container.name, attempt)
  await mkdir(containerDirectory(context.directories, sandbox.uid, container.name), {
    recursive: true,
    mode: 0o755,
  })
  await Promise.all([files.exit, files.pid].map((path) => rm(path, { force: true })))
  await removeAttempts(context.directories, { uid: sandbox.uid, container: container.name }, attempt - 1)
  await writeFile(files.message, '')
  await chmod(files.message, 0o666)
  const path = container.terminationMessagePath ?? '/dev/termination-log'
  return [{ source: files.message, path, kind: 'file', readOnly: false }]
}

const prepare = async (
  context: NodeContext,
  request: LaunchRequest,
  { image, variables }: Plan,
  signal: AbortSignal,
): Promise<{ readonly prepared: Prepared; readonly mounts: readonly WantedMount[] }> => {
  if (image.prepare === undefined) return { prepared: {}, mounts: [] }
  const { pod, container, sandbox } = request
  const directory = join(containerDirectory(context.directories, sandbox.uid, container.name), 'image')
  await mkdir(directory, { recursive: true, mode: 0o755 })
  const prepared = await image.prepare(
    { pod, container, podIp: sandbox.ip, env: { ...image.env, ...variables }, directory },
    signal,
  )
  const mount: WantedMount = { source: directory, path: preparedPath, kind: 'directory', readOnly: true }
  return { prepared: prepared ?? {}, mounts: [mount] }
}

/** What is not there cannot be shown; the program then says what it misses. */
const existing = async (paths: readonly string[]): Promise<readonly string[]> => {
  const found = await Promise.all(paths.map((path) => stat(path).catch(() => undefined)))
  return paths.filter((_path, index) => found[index]?.isDirectory() === true)
}

const imageRoot = async (image: ResolvedImage): Promise<Required<Omit<RootRequest, 'directories'>>> => ({
  writable: image.directories ?? [],
  links: image.links ?? {},
  visible: await existing(image.visible ?? []),
  mounts: await Promise.all(
    (image.shown ?? []).map(async ({ source, path }): Promise<WantedMount> => {
      const kind = (await stat(source)).isDirectory() ? 'directory' : 'file'
      return { source, path, kind, readOnly: true }
    }),
  ),
})

interface ControlGroup {
  readonly name?: string
  readonly joins: readonly string[]
  readonly problem?: string
}

const controlGroup = async (
  context: NodeContext,
  { container, attempt, sandbox }: LaunchRequest,
  image: ResolvedImage,
): Promise<ControlGroup> => {
  const limits = limitsOf(container, image.runtimeMemory)
  if (limits === undefined) return { joins: [] }
  const name = `${sandbox.uid}.${container.name}.${attempt}`
  const made = await context.cgroups.make(name, limits)
  return made.ok ? { name, joins: made.value } : { joins: [], problem: made.error }
}

/** The words that run, and the variables that they see. */
const programOf = (
  context: NodeContext,
  { pod, container }: LaunchRequest,
  { image, variables, prepared }: Plan & { readonly prepared: Prepared },
): { readonly argv: readonly string[]; readonly env: Readonly<Record<string, string>> } => {
  const program = { command: prepared.command ?? image.command, ...imageArgs(prepared, image) }
  return {
    argv: prepared.argv ?? containerArgv(container, program, variables),
    env: {
      PATH: defaultPath,
      HOSTNAME: sandboxHostname(pod, context.dns),
      HOME: '/root',
      ...image.env,
      ...prepared.env,
      ...variables,
    },
  }
}

const recordOf = (
  context: NodeContext,
  { container, attempt, backoff, restartPolicy }: LaunchRequest,
): Omit<ContainerRecord, 'env' | 'workdir' | 'identity' | 'imageId'> => ({
  container: container.name,
  attempt,
  image: container.image ?? '',
  containerId: newContainerId(),
  startedAt: context.clock.now(),
  stdin: container.stdin === true,
  tty: container.tty === true,
  backoff,
  restartPolicy,
})

const inputOf = (container: Container): Pick<ProgramSpec, 'stdin' | 'tty'> => ({
  stdin: container.stdin !== true ? 'none' : container.stdinOnce === true ? 'once' : 'open',
  tty: container.tty === true,
})

const start = async (
  context: NodeContext,
  request: LaunchRequest,
  planned: Plan,
  signal: AbortSignal,
): Promise<Launched> => {
  const { container, sandbox } = request
  const { image, decision } = planned
  const [own, { prepared, mounts }, base, group] = await Promise.all([
    ownFiles(context, request),
    prepare(context, request, planned, signal),
    imageRoot(image),
    controlGroup(context, request, image),
  ])
  const workdir = container.workingDir ?? image.workdir ?? '/'
  const root = planRoot(hostTree, {
    mounts: [...sandboxMounts(context, sandbox.uid), ...own, ...mounts, ...base.mounts, ...planned.mounts],
    visible: base.visible,
    directories: [workdir],
    writable: base.writable,
    links: base.links,
  })
  const { argv, env } = programOf(context, request, { ...planned, prepared })
  const common = { env, workdir, identity: decision.identity }
  const readOnlyRoot = container.securityContext?.readOnlyRootFilesystem === true
  const title = `${sandbox.namespace}/${sandbox.name}/${container.name}`
  const cgroup = group.name === undefined ? {} : { cgroup: group.name }
  const process = await startContainer(
    {
      uid: sandbox.uid,
      record: { ...recordOf(context, request), ...common, ...cgroup, imageId: image.id },
      namespaces: sandboxNamespaces(context, sandbox),
      joins: group.joins,
      root,
      program: { ...common, ...inputOf(container), argv, readOnlyRoot, title },
    },
    { directories: context.directories, clock: context.clock, cgroups: context.cgroups, signal },
  )
  const limitsIgnored = group.problem === undefined ? {} : { limitsIgnored: group.problem }
  return { process, standIn: image.standIn, ignoredIds: decision.ignoredIds, ...limitsIgnored }
}

const imageArgs = (prepared: Prepared, image: ResolvedImage): { readonly args?: readonly string[] } => {
  const args = prepared.args ?? (prepared.command === undefined ? image.args : undefined)
  return args === undefined ? {} : { args }
}

/** Starts a container from its spec: image, environment, user, root, process. */
export const launchContainer = async (
  context: NodeContext,
  request: LaunchRequest,
  signal: AbortSignal,
): Promise<Launch> => {
  let planned: Result<Plan, LaunchProblem>
  try {
    planned = await plan(context, request)
    if (!planned.ok) return planned
  } catch (error) {
    return fail({ reason: 'CreateContainerError', message: messageOf(error) })
  }
  try {
    return ok(await start(context, request, planned.value, signal))
  } catch (error) {
    return fail({ reason: 'RunContainerError', message: messageOf(error) })
  }
}
