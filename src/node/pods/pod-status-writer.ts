import { isApiError } from '../../machinery/api-error.ts'
import { messageOf } from '../../primitives/coded-error.ts'
import type { Pod, PodStatus } from '../../resources/core/pod.ts'
import { resources, type NodeContext } from '../node-context.ts'
import { statusChanged } from './pod-status.ts'

/** What the writer asks of its pod. */
export interface ReportedPod {
  /** The pod as the API has it, with the status that was written last. */
  readonly pod: () => Pod
  /** The status to report now; undefined: there is nothing to say any more. */
  readonly status: () => PodStatus | undefined
  /** The API took the status. */
  readonly written: (status: PodStatus, resourceVersion: number) => void
}

/** Writes a pod's status to the API when it changed: one write at a time, the latest state wins. */
export class PodStatusWriter {
  readonly #context: NodeContext
  readonly #reported: ReportedPod
  readonly #signal: AbortSignal
  #underWay: Promise<void> | undefined
  #again = false

  constructor(context: NodeContext, reported: ReportedPod, signal: AbortSignal) {
    this.#context = context
    this.#reported = reported
    this.#signal = signal
  }

  report(): void {
    this.#again = true
    this.#underWay ??= this.#writeAll().finally(() => {
      this.#underWay = undefined
    })
  }

  /** Resolves when what was reported is written. */
  async flushed(): Promise<void> {
    await this.#underWay
  }

  async #writeAll(): Promise<void> {
    for (let delay = 100; this.#again && !this.#signal.aborted;) {
      this.#again = false
      try {
        await this.#write()
        delay = 100
      } catch (error) {
        if (isApiError(error, 404) || isApiError(error, 409)) return
        this.#context.log('pod status not written, trying again', {
          pod: this.#reported.pod().metadata.name,
          error: messageOf(error),
        })
        this.#again = true
        await this.#context.clock.sleep(delay, this.#signal).catch(() => undefined)
        delay = Math.min(delay * 2, 5000)
      }
    }
  }

  async #write(): Promise<void> {
    const { metadata, status: stored } = this.#reported.pod()
    const status = this.#reported.status()
    if (status === undefined || !statusChanged(stored, status)) return
    const { namespace = 'default', name, uid } = metadata
    const written = await this.#context.cluster.patch<Pod>(
      resources.pods,
      { namespace, name },
      { kind: 'merge', body: JSON.parse(JSON.stringify({ metadata: { uid }, status })) },
      { subresource: 'status' },
    )
    this.#reported.written(written.status ?? status, Number(written.metadata.resourceVersion ?? 0))
  }
}
