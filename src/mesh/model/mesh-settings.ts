/** Settings that hold for the whole mesh: Istio's meshConfig as far as it is carried out. */
import type { LogSink } from './access-log.ts'
import type { Origin } from './origin.ts'

export interface MeshSettings {
  readonly domain: string
  /** Where policies for everybody are kept. */
  readonly rootNamespace: string
  /** What sidecars do with destinations that the mesh does not know. */
  readonly unknownDestinations: 'pass' | 'refuse'
  /** Where proxies log that no Telemetry speaks of; absent: nowhere. */
  readonly accessLog?: LogSink
  /** What a Telemetry may name. */
  readonly logProviders: readonly LogSink[]
  /** Names of the providers that log where no Telemetry names any. */
  readonly defaultLogProviders: readonly string[]
  /** How long a connection of unknown protocol may be silent before it counts as TCP; 0: as long as it likes. */
  readonly detectionMilliseconds: number
  /** Mark on the proxies' own connections (SO_MARK), so that the redirect lets them pass; absent: none. */
  readonly socketMark?: number
  /** The object that says so; absent: nobody, these are defaults. */
  readonly origin?: Origin
}
