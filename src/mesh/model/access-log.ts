/** Access logs: where proxies write a line per request or connection, and in which form. */
import type { JsonObject } from '../../primitives/json-value.ts'
import type { Origin } from './origin.ts'

/** Texts hold Envoy's command operators such as `%START_TIME%`. */
export type LogFormat =
  /** Ends with a line break. */
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'json'; readonly fields: JsonObject }

export interface LogSink {
  /** The provider's name. */
  readonly provider: string
  /** `/dev/stdout` is the container's log. */
  readonly path: string
  readonly format: LogFormat
  /** True: a value that is not there is left out instead of written as `-`. */
  readonly omitEmpty: boolean
}

export type LogSide = 'client' | 'server'

/** One entry of a Telemetry's `accessLogging`. */
export interface LogRule {
  /** Which end of a call it is about; absent: both. */
  readonly side?: LogSide
  /** Empty: those of the level above. */
  readonly providers: readonly string[]
  readonly disabled: boolean
  /** CEL over Envoy's attributes: a line is written where it is true. */
  readonly filter?: string
}

/** What one Telemetry says about access logs. */
export interface LogPolicy {
  readonly name: string
  readonly namespace: string
  /** Labels of the workloads that it is for; empty: all of the namespace, or of the mesh in the root namespace. */
  readonly selector: Readonly<Record<string, string>>
  readonly rules: readonly LogRule[]
  readonly createdAt: string
  readonly origin: Origin
}
