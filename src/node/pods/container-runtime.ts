import type { EventText } from '../../cluster/event-recorder.ts'
import type { Container } from '../../resources/core/container.ts'
import type { Pod } from '../../resources/core/pod.ts'
import type { NodeContext } from '../node-context.ts'
import type { ActionTarget } from './action-check.ts'
import { commandInContainer } from './container-access.ts'
import { attendContainer, type Attendance, type ContainerChange } from './container-attendance.ts'
import { launchContainer, type LaunchProblem } from './container-launch.ts'
import {
  adoptContainer,
  type ContainerEnd,
  type ContainerProcess,
  type ProcessKeeper,
} from './container-process.ts'
import { attemptFiles, readAttempts, type ContainerRecord, type PodRecord } from './container-record.ts'
import { imageBackOffNotes, imageText, startedNotes, startFailedNotes } from './container-notes.ts'
import { runPreStop, windDown, terminate, type StopRequest } from './container-stop.ts'
import { startError, terminationOf } from './container-termination.ts'
import { portsListenedOn } from './listening-ports.ts'
import {
  restartTime,
  willRestart,
  type ContainerPhase,
  type ContainerRole,
  type Termination,
} from './pod-lifecycle.ts'
import { podTitle, type ContainerDetails } from './pod-status.ts'
import { retryDelay } from './restart-backoff.ts'
import { StopDeadline } from './stop-deadline.ts'

/** What a container asks of its pod. */
export interface ContainerHost {
  readonly context: NodeContext
  /** The pod as the API has it now. */
  readonly pod: () => Pod
  readonly sandbox: () => PodRecord | undefined
  readonly volumes: () => ReadonlyMap<string, string>
  /** Something changed: decide again. */
  readonly changed: () => void
  readonly note: (note: EventText, container: string) => void
  /** Aborts when the node process stops; containers go on. */
  readonly signal: AbortSignal
}

/** Why a container waits for its image. */
const imageReasons = new Set(['ErrImagePull', 'ImagePullBackOff', 'ErrImageNeverPull', 'InvalidImageName'])

/** One container of a pod over all its attempts: starts, probes, stops and remembers how it ended. */
export class ContainerRuntime {
  readonly name: string
  readonly role: ContainerRole
  #spec: Container
  #redefined = false
  readonly #host: ContainerHost
  #phase: ContainerPhase = { kind: 'waiting', reason: 'ContainerCreating' }
  #attempt = 0
  #backoff = 0
  #imageId = ''
  #containerId = ''
  #last: Termination | undefined
  #process: ContainerProcess | undefined
  #attending = new AbortController()
  readonly #deadline: StopDeadline
  #turn = new AbortController()
  #failures = 0

  constructor(spec: Container, role: ContainerRole, host: ContainerHost) {
    this.name = spec.name
    this.role = role
    this.#spec = spec
    this.#host = host
    this.#deadline = new StopDeadline(host.context.clock)
    if (role === 'app' && (host.pod().spec.initContainers ?? []).length > 0)
      this.#phase = { kind: 'waiting', reason: 'PodInitializing' }
  }

  get details(): ContainerDetails {
    return {
      name: this.name,
      role: this.role,
      phase: this.#phase,
      backoff: this.#backoff,
      redefined: this.#redefined,
      spec: this.#spec,
      attempt: this.#attempt,
      imageId: this.#imageId,
      containerId: this.#containerId,
      ...(this.#last === undefined ? {} : { last: this.#last }),
    }
  }

  /** Finds what an earlier node process started. `wasReady` and `wasStarted` come from the status that it reported. */
  async adopt(uid: string, before: { readonly ready: boolean; readonly started: boolean }): Promise<void> {
    const { context } = this.#host
    const attempts = await readAttempts(context.directories, uid, this.name)
    const record = attempts.at(-1)
    if (record === undefined) return
    this.#remember(record)
    const earlier = attempts.at(-2)
    if (earlier !== undefined) this.#last = await this.#endOf(uid, earlier)
    const found = await adoptContainer(uid, record, this.#keeper())
    if (!('init' in found)) {
      this.#phase = { kind: 'exited', termination: this.#termination(record, found) }
      return
    }
    this.#run(found, {
      started: before.started || this.#spec.startupProbe === undefined,
      ready: before.ready,
      inHook: false,
    })
  }

  /** The sandbox is a new one: whatever ran is over, the next start is a new attempt. */
  reset(): void {
    if (this.#phase.kind === 'exited') {
      this.#last = this.#phase.termination
      this.#attempt += 1
    }
    this.#phase = { kind: 'waiting', reason: 'ContainerCreating' }
  }

  /** Starts the next attempt; resolves when it runs (its postStart hook may still be running) or could not be started. */
  async start(): Promise<void> {
    const { context, signal } = this.#host
    const sandbox = this.#host.sandbox()
    if (sandbox === undefined) return
    if (this.#phase.kind === 'exited') {
      this.#last = this.#phase.termination
      this.#backoff = restartTime(this.details, this.#phase.termination).backoff
      this.#attempt += 1
    }
    this.#phase = { kind: 'starting' }
    this.#redefined = false
    this.#deadline.set(Number.POSITIVE_INFINITY)
    const launched = await launchContainer(
      context,
      {
        pod: this.#host.pod(),
        container: this.#spec,
        attempt: this.#attempt,
        backoff: this.#backoff,
        restartPolicy: this.#restartPolicy(),
        sandbox,
        volumes: this.#host.volumes(),
      },
      signal,
    )
    if (!launched.ok) this.#startFailed(launched.error)
    else {
      this.#failures = 0
      for (const note of startedNotes(this.#spec, launched.value)) this.#note(note)
      this.#remember(launched.value.process.record)
      const inHook = this.#spec.lifecycle?.postStart !== undefined
      const started = this.#spec.startupProbe === undefined && !inHook
      this.#run(launched.value.process, { started, ready: false, inHook })
    }
    this.#host.changed()
  }

  /** The pod's spec changed: a container that it says something else about starts again (only the image may change). */
  redefine(spec: Container): void {
    if (spec.image === this.#spec.image) return
    this.#spec = spec
    switch (this.#phase.kind) {
      case 'running':
        this.#redefined = true
        void this.stop({ message: `Container ${this.name} definition changed, will be restarted` })
        return
      case 'waiting':
        this.#phase = { ...this.#phase, retryAt: 0 }
        this.#failures = 0
        return
      case 'starting':
      case 'stopping':
      case 'exited':
        this.#redefined = true
    }
  }

  /** preStop, SIGTERM, and SIGKILL at the deadline; resolves when it has ended. */
  async stop(request: StopRequest): Promise<void> {
    const { clock } = this.#host.context
    if (this.#phase.kind !== 'running' || this.#process === undefined) return
    const process = this.#process
    const { message = `Stopping container ${this.name}`, isOrdered = false } = request
    const seconds = request.grace ?? this.#host.pod().spec.terminationGracePeriodSeconds ?? 30
    this.#deadline.set(request.deadline ?? clock.now() + seconds * 1000)
    const { startedAt, started, ready } = this.#phase
    this.#phase = { kind: 'stopping', startedAt, started, ready, awaitsTurn: false }
    this.#turn = new AbortController()
    this.#note({ type: 'Normal', reason: 'Killing', message })
    this.#host.changed()
    const stop = { process, deadline: this.#deadline, clock, signal: this.#host.signal }
    const hook = this.#spec.lifecycle?.preStop
    if (hook !== undefined && !this.#deadline.isPast) {
      const failed = await runPreStop(hook, this.#target(process), stop)
      if (failed !== undefined) {
        const text = `PreStopHook failed: ${failed}`
        this.#note({ type: 'Warning', reason: 'FailedPreStopHook', message: text })
      }
    }
    if (isOrdered) await this.#awaitTurn(process)
    const image = await this.#host.context.images.resolve(this.#spec.image ?? '').catch(() => undefined)
    if (image?.windDown !== undefined) await windDown(image.windDown, this.#target(process), stop)
    await terminate(stop)
  }

  /** Whoever needs this container has ended. */
  end(): void {
    this.#turn.abort()
  }

  async #awaitTurn(process: ContainerProcess): Promise<void> {
    if (this.#phase.kind !== 'stopping') return
    this.#phase = { ...this.#phase, awaitsTurn: true }
    this.#host.changed()
    const turn = AbortSignal.any([this.#turn.signal, this.#host.signal])
    await Promise.race([this.#deadline.wait(turn), process.ended])
    if (this.#phase.kind === 'stopping') this.#phase = { ...this.#phase, awaitsTurn: false }
  }

  /** Moves the deadline of a stop under way closer. */
  hasten(deadline: number): void {
    this.#deadline.hasten(deadline)
  }

  #keeper(): ProcessKeeper {
    const { context, signal } = this.#host
    return { directories: context.directories, clock: context.clock, cgroups: context.cgroups, signal }
  }

  #note(note: EventText): void {
    this.#host.note(note, this.name)
  }

  #remember(record: ContainerRecord): void {
    this.#attempt = record.attempt
    this.#backoff = record.backoff
    this.#imageId = record.imageId
    this.#containerId = record.containerId
  }

  #startFailed(problem: LaunchProblem): void {
    const now = this.#host.context.clock.now()
    for (const note of startFailedNotes(this.#spec, problem)) this.#note(note)
    if (problem.reason === 'RunContainerError') {
      this.#phase = { kind: 'exited', termination: startError(problem.message, now) }
      return
    }
    this.#failures += 1
    const delay = imageReasons.has(problem.reason)
      ? retryDelay(this.#failures)
      : Math.min(1000 * this.#failures, 10_000)
    const retryAt = now + delay
    this.#phase = { kind: 'waiting', reason: problem.reason, message: problem.message, retryAt }
    if (problem.reason === 'ErrImagePull') this.#backOffImage(problem.message, retryAt)
  }

  /** As a kubelet at its next look: the pull is not tried again yet. */
  #backOffImage(message: string, retryAt: number): void {
    const { context, signal } = this.#host
    const failed = this.#phase
    void context.clock.sleep(1000, signal).then(
      () => {
        if (this.#phase !== failed) return
        for (const note of imageBackOffNotes(this.#spec)) this.#note(note)
        this.#phase = {
          kind: 'waiting',
          reason: 'ImagePullBackOff',
          message: `Back-off pulling image ${imageText(this.#spec)}: ErrImagePull: ${message}`,
          retryAt,
        }
        this.#host.changed()
      },
      () => undefined,
    )
  }

  /** An image that was unknown may be known now: try at once. */
  retryImage(): void {
    if (this.#phase.kind !== 'waiting' || !imageReasons.has(this.#phase.reason)) return
    this.#phase = { ...this.#phase, retryAt: 0 }
    this.#failures = 0
    this.#host.changed()
  }

  #run(
    process: ContainerProcess,
    state: { readonly started: boolean; readonly ready: boolean; readonly inHook: boolean },
  ): void {
    this.#process = process
    this.#phase = { kind: 'running', startedAt: process.record.startedAt, ...state }
    this.#attending = new AbortController()
    void process.ended.then((end) => this.#ended(process, end))
    this.#attend(process, state)
  }

  #ended(process: ContainerProcess, end: ContainerEnd): void {
    this.#attending.abort()
    this.#process = undefined
    const termination = this.#termination(process.record, end)
    this.#phase = { kind: 'exited', termination }
    const restart = restartTime(this.details, termination)
    if (restart.at > this.#host.context.clock.now() && this.#willRestart(termination)) {
      const title = podTitle(this.#host.pod())
      const message = `Back-off restarting failed container ${this.name} in pod ${title}`
      this.#note({ type: 'Warning', reason: 'BackOff', message })
    }
    this.#host.changed()
  }

  #restartPolicy(): 'Always' | 'OnFailure' | 'Never' {
    const policy = this.#host.pod().spec.restartPolicy ?? 'Always'
    if (this.role === 'sidecar') return 'Always'
    return this.role === 'init' && policy === 'Always' ? 'OnFailure' : policy
  }

  #willRestart(termination: Termination): boolean {
    const pod = this.#host.pod()
    return (
      pod.metadata.deletionTimestamp === undefined &&
      willRestart(this.details, termination, pod.spec.restartPolicy ?? 'Always')
    )
  }

  #termination(record: ContainerRecord, end: ContainerEnd): Termination {
    const uid = this.#host.pod().metadata.uid ?? ''
    const { log } = attemptFiles(this.#host.context.directories, uid, record.container, record.attempt)
    return terminationOf(record, end, { spec: this.#spec, logPath: log })
  }

  async #endOf(uid: string, record: ContainerRecord): Promise<Termination> {
    const found = await adoptContainer(uid, record, this.#keeper())
    return this.#termination(record, 'init' in found ? await found.ended : found)
  }

  #update(change: ContainerChange): void {
    if (this.#phase.kind === 'stopping' && change.ready !== undefined && change.ready !== this.#phase.ready) {
      this.#phase = { ...this.#phase, ready: change.ready }
      this.#host.changed()
    }
    if (this.#phase.kind !== 'running') return
    const next = { ...this.#phase, ...change }
    if (
      next.started === this.#phase.started &&
      next.ready === this.#phase.ready &&
      next.inHook === this.#phase.inHook
    )
      return
    this.#phase = next
    this.#host.changed()
  }

  #target(process: ContainerProcess): ActionTarget {
    return {
      container: this.#spec,
      podIp: this.#host.sandbox()?.ip ?? '127.0.0.1',
      command: (command) => commandInContainer(process.init, process.record, command),
    }
  }

  /** Until the container ends or is stopped. */
  #attend(process: ContainerProcess, state: { readonly inHook: boolean; readonly started: boolean }): void {
    const attendance: Attendance = {
      spec: this.#spec,
      target: this.#target(process),
      clock: this.#host.context.clock,
      listened: () => portsListenedOn(process.init.pid),
      isRunning: () => this.#phase.kind === 'running',
      update: (change) => this.#update(change),
      note: (note) => this.#note(note),
      stop: (message, grace) => void this.stop({ message, ...(grace === undefined ? {} : { grace }) }),
    }
    void attendContainer(attendance, state, AbortSignal.any([this.#attending.signal, this.#host.signal]))
  }
}
