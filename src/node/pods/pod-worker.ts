import type { EventText } from '../../cluster/event-recorder.ts'
import { isApiError } from '../../machinery/api-error.ts'
import { findCondition } from '../../machinery/conditions.ts'
import { messageOf } from '../../primitives/coded-error.ts'
import { jsonEqual } from '../../primitives/json-value.ts'
import type { Pod, PodStatus } from '../../resources/core/pod.ts'
import { resources, type NodeContext } from '../node-context.ts'
import type { PodRecord } from './container-record.ts'
import { ContainerRuntime, type ContainerHost } from './container-runtime.ts'
import { decide, isActive, type Action, type PodView } from './pod-lifecycle.ts'
import { awaitDeparture } from './endpoint-departure.ts'
import { adoptSandbox, createSandbox, releaseSandbox, removeSandbox } from './pod-sandbox.ts'
import { PodVolumeSet } from './pod-volume-set.ts'
import { ignoredFieldNotes } from './pod-notes.ts'
import { podSysctls } from './pod-sysctls.ts'
import { podStatus } from './pod-status.ts'
import { PodStatusWriter, type ReportedPod } from './pod-status-writer.ts'

const isTerminal = (status: PodStatus | undefined): boolean =>
  status?.phase === 'Succeeded' || status?.phase === 'Failed'

/** Whether two states of a pod show the same in volumes of the downward API. */
const sameFields = (left: Pod['metadata'], right: Pod['metadata']): boolean =>
  jsonEqual(left.labels, right.labels) && jsonEqual(left.annotations, right.annotations)

/** Runs one pod from its first sight to its end: decides, acts, reports. */
export class PodWorker {
  readonly uid: string
  /** Resolves when the pod is cleared away. */
  readonly finished: Promise<void>
  readonly #context: NodeContext
  readonly #signal: AbortSignal
  readonly #containers: readonly ContainerRuntime[]
  #finish: () => void = () => undefined
  #pod: Pod
  #gone = false
  #sandbox: PodView['sandbox'] = 'none'
  #record: PodRecord | undefined
  readonly #volumes: PodVolumeSet
  #sandboxFailures = 0
  #sandboxRetryAt: number | undefined
  #failure: { readonly reason: string; readonly message: string } | undefined
  #startedAt: number
  #removing = false
  #departure: 'under way' | 'over' | undefined
  #deciding = false
  #again = false
  #wake = new AbortController()
  #writtenVersion = 0
  readonly #statusWriter: PodStatusWriter

  constructor(context: NodeContext, pod: Pod, signal: AbortSignal) {
    this.#context = context
    this.#signal = signal
    this.#pod = pod
    this.uid = pod.metadata.uid ?? ''
    this.#startedAt = context.clock.now()
    this.finished = new Promise((resolve) => {
      this.#finish = resolve
    })
    const reported: ReportedPod = {
      pod: () => this.#pod,
      status: () => this.#status(),
      written: (status, resourceVersion) => {
        this.#writtenVersion = resourceVersion
        this.#pod = { ...this.#pod, status }
      },
    }
    this.#statusWriter = new PodStatusWriter(context, reported, signal)
    this.#volumes = new PodVolumeSet(
      {
        context,
        pod: () => this.#pod,
        podIp: () => this.#record?.ip ?? '',
        note: (note) => this.#note(note),
      },
      this.uid,
    )
    const host: ContainerHost = {
      context,
      pod: () => this.#pod,
      sandbox: () => this.#record,
      volumes: () => this.#volumes.paths,
      changed: () => this.sync(),
      note: (note, container) => this.#note(note, container),
      signal,
    }
    this.#containers = [
      ...(pod.spec.initContainers ?? []).map(
        (spec) => new ContainerRuntime(spec, spec.restartPolicy === 'Always' ? 'sidecar' : 'init', host),
      ),
      ...pod.spec.containers.map((spec) => new ContainerRuntime(spec, 'app', host)),
    ]
  }

  /** Finds what an earlier node process left of this pod, then begins. */
  async begin(): Promise<void> {
    this.#record = await adoptSandbox(this.#context, this.uid)
    for (const container of this.#containers) await container.adopt(this.uid, this.#reported(container.name))
    const survives = this.#containers.some((container) => isActive(container.details.phase))
    const status = this.#pod.status
    if (this.#record !== undefined || survives) {
      this.#sandbox = 'ready'
      this.#startedAt = this.#record?.startedAt ?? this.#startedAt
      await this.#volumes.adopt()
    } else if (!isTerminal(status)) {
      for (const container of this.#containers) container.reset()
    }
    if (status?.phase === 'Failed' && status.reason !== undefined)
      this.#failure = { reason: status.reason, message: status.message ?? '' }
    this.sync()
  }

  /** What the earlier node process last said of a container that it saw running. */
  #reported(name: string): { readonly ready: boolean; readonly started: boolean } {
    const { containerStatuses = [], initContainerStatuses = [] } = this.#pod.status ?? {}
    const status = [...containerStatuses, ...initContainerStatuses].find((each) => each.name === name)
    if (status?.state?.running === undefined) return { ready: false, started: false }
    return { ready: status.ready, started: status.started === true }
  }

  get namespace(): string | undefined {
    return this.#pod.metadata.namespace
  }

  /** The pod changed in the API. */
  update(pod: Pod): void {
    // The watch may bring a state from before our last write; the status that we wrote is the newer one.
    const isOlder = Number(pod.metadata.resourceVersion ?? 0) < this.#writtenVersion
    const before = this.#pod.metadata
    this.#pod = isOlder && this.#pod.status !== undefined ? { ...pod, status: this.#pod.status } : pod
    if (this.#sandbox === 'ready' && !sameFields(before, pod.metadata)) this.#refreshFields()
    for (const spec of [...(pod.spec.initContainers ?? []), ...pod.spec.containers])
      this.#container(spec.name)?.redefine(spec)
    const { ending } = this.#view()
    if (ending !== undefined) for (const container of this.#containers) container.hasten(ending.deadline)
    this.sync()
  }

  #refreshFields(): void {
    this.#volumes
      .refreshFields()
      .catch((error: unknown) =>
        this.#context.log('volume not refreshed', { uid: this.uid, error: messageOf(error) }),
      )
  }

  /** The pod is gone from the API without a graceful end: nothing of it may stay. */
  vanish(): void {
    this.#gone = true
    for (const container of this.#containers) container.hasten(this.#context.clock.now())
    this.sync()
  }

  retryImages(): void {
    for (const container of this.#containers) container.retryImage()
  }

  /** Brings tokens in volumes up to date, and fails the pod when a volume holds more than it may. */
  async tendVolumes(): Promise<void> {
    if (this.#sandbox !== 'ready') return
    await this.#volumes.refreshTokens()
    const excess = await this.#volumes.excess()
    if (excess !== undefined && this.#ending() === undefined) {
      this.#fail({ type: 'Warning', reason: 'Evicted', message: excess })
    }
  }

  /** Brings the files of volumes up to date after a ConfigMap or Secret changed. */
  async refreshVolumes(kind: 'configMaps' | 'secrets', name: string): Promise<void> {
    if (this.#sandbox === 'ready') await this.#volumes.refreshFor(kind, name)
  }

  /** Decides what is next, now or as soon as the decision under way is over. */
  sync(): void {
    if (this.#deciding || this.#signal.aborted) {
      this.#again = true
      return
    }
    this.#deciding = true
    queueMicrotask(() => {
      this.#again = false
      this.#step()
      this.#deciding = false
      if (this.#again) this.sync()
    })
  }

  #note(note: EventText, container?: string): void {
    const isInit = this.#pod.spec.initContainers?.some((each) => each.name === container) === true
    this.#context.events.record({
      ...note,
      object: this.#pod,
      ...(container === undefined
        ? {}
        : { fieldPath: `spec.${isInit ? 'initContainers' : 'containers'}{${container}}` }),
    })
  }

  #ending(): PodView['ending'] {
    const now = this.#context.clock.now()
    if (this.#gone) return { deleted: true, deadline: now, leaving: false }
    const { deletionTimestamp } = this.#pod.metadata
    if (deletionTimestamp !== undefined) {
      const immediate = this.#pod.metadata.deletionGracePeriodSeconds === 0
      const deadline = immediate ? now : Date.parse(deletionTimestamp)
      return { deleted: true, deadline, leaving: deadline > now && this.#isLeaving() }
    }
    const grace = (this.#pod.spec.terminationGracePeriodSeconds ?? 30) * 1000
    const failed = this.#failure !== undefined || isTerminal(this.#pod.status)
    return failed ? { deleted: false, deadline: now + grace, leaving: false } : undefined
  }

  /** True while the Services of a pod that was ready still learn that it goes. */
  #isLeaving(): boolean {
    const wasReady = findCondition(this.#pod.status?.conditions, 'Ready')?.status === 'True'
    if (this.#departure === undefined && wasReady) {
      this.#departure = 'under way'
      void awaitDeparture(this.#context, () => this.#pod, this.#signal).then(() => {
        this.#departure = 'over'
        this.sync()
      })
    }
    return this.#departure === 'under way'
  }

  #view(): PodView {
    const { spec } = this.#pod
    const ending = this.#ending()
    return {
      restartPolicy: spec.restartPolicy ?? 'Always',
      containers: this.#containers.map((container) => container.details),
      sandbox: this.#sandbox,
      ...(this.#sandboxRetryAt === undefined ? {} : { sandboxRetryAt: this.#sandboxRetryAt }),
      ...(ending === undefined ? {} : { ending }),
      ...(spec.activeDeadlineSeconds === undefined
        ? {}
        : { activeDeadline: this.#startedAt + spec.activeDeadlineSeconds * 1000 }),
    }
  }

  #step(): void {
    if (this.#removing) return
    const decision = decide(this.#view(), this.#context.clock.now())
    for (const action of decision.actions) this.#perform(action)
    this.#statusWriter.report()
    this.#wake.abort()
    this.#wake = new AbortController()
    if (decision.wakeAt === undefined) return
    const wake = AbortSignal.any([this.#wake.signal, this.#signal])
    void this.#context.clock
      .sleep(Math.max(1, decision.wakeAt - this.#context.clock.now()), wake)
      .then(() => this.sync())
      .catch(() => undefined)
  }

  #perform(action: Action): void {
    switch (action.kind) {
      case 'create-sandbox':
        this.#sandbox = 'creating'
        void this.#createSandbox()
        return
      case 'start':
        void this.#container(action.container)?.start()
        return
      case 'stop':
        this.#stop(action.container, action.deadline)
        return
      case 'end':
        this.#container(action.container)?.end()
        return
      case 'fail-pod':
        this.#fail({ type: 'Normal', reason: action.reason, message: action.message })
        return
      case 'release':
        this.#sandbox = 'released'
        void releaseSandbox(this.#context, this.uid).catch((error: unknown) =>
          this.#context.log('pod sandbox not released', { uid: this.uid, error: messageOf(error) }),
        )
        return
      case 'remove':
        this.#removing = true
        void this.#remove()
        return
    }
  }

  #fail(note: EventText): void {
    this.#failure = { reason: note.reason, message: note.message }
    this.#note(note)
    this.sync()
  }

  #stop(name: string, deadline: number | undefined): void {
    const container = this.#container(name)
    const isOrdered = container?.role === 'sidecar'
    void container?.stop({ isOrdered, ...(deadline === undefined ? {} : { deadline }) })
  }

  #container(name: string): ContainerRuntime | undefined {
    return this.#containers.find((container) => container.name === name)
  }

  async #createSandbox(): Promise<void> {
    const sysctls = podSysctls(this.#pod)
    if (!sysctls.ok) {
      this.#sandbox = 'none'
      this.#fail({ type: 'Warning', reason: 'SysctlForbidden', message: sysctls.error })
      return
    }
    if (this.#sandboxFailures === 0) for (const note of ignoredFieldNotes(this.#pod)) this.#note(note)
    let isReady = false
    try {
      this.#record ??= await createSandbox(this.#context, this.#pod, this.#signal)
      isReady = await this.#volumes.setUp()
    } catch (error) {
      const message = `Failed to create pod sandbox: ${messageOf(error)}`
      this.#note({ type: 'Warning', reason: 'FailedCreatePodSandBox', message })
    }
    this.#sandboxFailures = isReady ? 0 : this.#sandboxFailures + 1
    this.#sandboxRetryAt = isReady
      ? undefined
      : this.#context.clock.now() + Math.min(500 * 2 ** (this.#sandboxFailures - 1), 15_000)
    this.#sandbox = isReady ? 'ready' : 'none'
    this.sync()
  }

  async #remove(): Promise<void> {
    this.#statusWriter.report()
    await this.#statusWriter.flushed()
    await removeSandbox(this.#context, this.uid)
    this.#context.tokens.forget(this.uid)
    if (!this.#gone) await this.#deleteFromApi()
    this.#finish()
  }

  async #deleteFromApi(): Promise<void> {
    const { namespace = 'default', name } = this.#pod.metadata
    for (let delay = 100; !this.#signal.aborted; delay = Math.min(delay * 2, 5000)) {
      try {
        await this.#context.cluster.delete(
          resources.pods,
          { namespace, name },
          { gracePeriodSeconds: 0, preconditions: { uid: this.uid } },
        )
        return
      } catch (error) {
        if (isApiError(error, 404) || isApiError(error, 409)) return
        this.#context.log('pod not deleted from the API, trying again', {
          pod: name,
          error: messageOf(error),
        })
        await this.#context.clock.sleep(delay, this.#signal).catch(() => undefined)
      }
    }
  }

  /** The status to report; a finished pod's is a record that nothing later changes. */
  #status(): PodStatus | undefined {
    if (this.#gone || isTerminal(this.#pod.status)) return undefined
    const { containers: _, ...view } = this.#view()
    return podStatus({
      pod: this.#pod,
      view,
      containers: this.#containers.map((container) => container.details),
      podIp: this.#record?.ip,
      hostIp: this.#context.hostIp,
      startedAt: this.#startedAt,
      ...(this.#failure === undefined ? {} : { failure: this.#failure }),
      now: this.#context.clock.now(),
    })
  }
}
