/** The volumes of one pod on this node: set up before its containers, kept up to date while they run. */
import { join } from 'node:path'
import type { EventText } from '../../cluster/event-recorder.ts'
import { messageOf } from '../../primitives/coded-error.ts'
import type { Pod } from '../../resources/core/pod.ts'
import type { Volume } from '../../resources/core/volume.ts'
import type { NodeContext } from '../node-context.ts'
import { readClaimedVolumes } from '../volumes/claim-volume.ts'
import { exceededVolume } from '../volumes/empty-dir.ts'
import { setUpVolume } from '../volumes/pod-volumes.ts'
import { usesPodFields, volumeReferences } from '../volumes/volume-files.ts'
import { readSources } from './container-launch.ts'
import { podDirectory } from './container-record.ts'

export interface VolumeHost {
  readonly context: NodeContext
  readonly pod: () => Pod
  readonly podIp: () => string
  readonly note: (note: EventText) => void
}

export class PodVolumeSet {
  readonly #host: VolumeHost
  readonly #directory: string
  #paths = new Map<string, string>()
  #queue: Promise<unknown> = Promise.resolve()
  #generations = 0

  constructor(host: VolumeHost, uid: string) {
    this.#host = host
    this.#directory = join(podDirectory(host.context.directories, uid), 'volumes')
  }

  get #volumes(): readonly Volume[] {
    return this.#host.pod().spec.volumes ?? []
  }

  /** Where each volume lies on the host, by name. */
  get paths(): ReadonlyMap<string, string> {
    return this.#paths
  }

  /** An earlier node process has set them up: they lie where they did, and are brought up to date. */
  async adopt(): Promise<void> {
    for (const { name, hostPath } of this.#volumes)
      this.#paths.set(name, hostPath?.path ?? join(this.#directory, name))
    await this.setUp().catch((error: unknown) =>
      this.#host.context.log('volumes not brought up to date', {
        pod: this.#host.pod().metadata.name,
        error: messageOf(error),
      }),
    )
  }

  /** Makes what is missing and brings files up to date. True when all volumes are there; else events say what is missing. */
  setUp(): Promise<boolean> {
    const turn = this.#queue.then(() => this.#setUp())
    this.#queue = turn.catch(() => undefined)
    return turn
  }

  /** After a ConfigMap or Secret changed. */
  async refreshFor(kind: 'configMaps' | 'secrets', name: string): Promise<void> {
    if (volumeReferences(this.#volumes)[kind].includes(name)) await this.setUp()
  }

  /** After the pod's labels or annotations changed. */
  async refreshFields(): Promise<void> {
    if (usesPodFields(this.#volumes)) await this.setUp()
  }

  /** Renews tokens that will end soon. */
  async refreshTokens(): Promise<void> {
    const { context, pod } = this.#host
    if (context.tokens.isDue(pod().metadata.uid ?? '')) await this.setUp()
  }

  /** What an emptyDir that holds more than its sizeLimit is evicted for, in a kubelet's words. */
  async excess(): Promise<string | undefined> {
    return exceededVolume(this.#volumes, this.#paths)
  }

  async #setUp(): Promise<boolean> {
    const volumes = this.#volumes
    if (volumes.length === 0) return true
    const { context, podIp, note } = this.#host
    const pod = this.#host.pod()
    const named = await readSources(context, pod, podIp(), volumeReferences(volumes))
    const sources = {
      ...named,
      tokens: await context.tokens.tokens(pod),
      claims: await readClaimedVolumes(context, pod),
    }
    this.#generations += 1
    const place = {
      directory: this.#directory,
      generation: `${context.clock.now()}.${this.#generations}`,
    }
    const results = await Promise.all(
      volumes.map(async (volume) => ({ volume, result: await setUpVolume(volume, place, sources) })),
    )
    for (const { volume, result } of results) {
      if (result.ok) this.#paths.set(volume.name, result.value)
      else note({ type: 'Warning', reason: 'FailedMount', message: result.error })
    }
    return results.every(({ result }) => result.ok)
  }
}
