/** What every handler is given: the options of the server and what is built from them once. */
import type { Duplex } from 'node:stream'
import type { Clock } from '../primitives/clock.ts'
import type { Log } from '../primitives/log.ts'
import type { Kind } from '../resources/kind.ts'
import type { SchemaLibrary } from '../resources/schema.ts'
import type { Store } from '../store/store.ts'
import type { Identity, Mutator, Validator } from './admission.ts'
import type { Authorizer } from './access/authorizer.ts'
import type { TokenPort } from './bearer-tokens.ts'
import type { KindIndex } from './kind-index.ts'
import type { WatchHub } from './watch-hub.ts'

/** Randomness as a port. */
export interface Identifiers {
  /** A fresh UUID. */
  readonly uid: () => string
  /** Five characters to end a name made from generateName, e.g. `x7k2p`. */
  readonly nameSuffix: () => string
}

/** What /version answers (version.Info). `gitVersion` is the Kubernetes version that the API speaks, e.g. v1.32.0. */
export interface VersionInfo {
  readonly major: string
  readonly minor: string
  readonly gitVersion: string
  readonly gitCommit?: string
  readonly buildDate?: string
}

export interface ApiServerOptions {
  readonly store: Store
  readonly kinds: readonly Kind[]
  readonly schemaLibrary: SchemaLibrary
  readonly mutators: readonly Mutator[]
  readonly validators: readonly Validator[]
  /** A connection to the node's HTTP API (a Unix socket in the embedded cluster). */
  readonly connectNode: () => Promise<Duplex>
  /** A connection to a pod's address, for the proxy subresources. */
  readonly connectPod: (address: string, port: number) => Promise<Duplex>
  readonly tokens: TokenPort
  readonly clock: Clock
  readonly identifiers: Identifiers
  readonly version: VersionInfo
  readonly log: Log
}

export interface ApiContext extends ApiServerOptions {
  readonly index: KindIndex
  /** Resolves when the definitions of the built-in custom resources are stored. */
  readonly writeBuiltInDefinitions: () => Promise<void>
  readonly hub: WatchHub
  readonly authorizer: Authorizer
}

/** One request for a resource of the table: what the path names, found in the table. */
export interface ResourceTarget {
  readonly kind: Kind
  readonly version: string
  /** `apps/v1`: the version that the client speaks, not the stored one. */
  readonly apiVersion: string
  readonly namespace?: string
  readonly name?: string
  readonly subresource?: string
  readonly rest?: string
  readonly user: Identity
}

/** A target that names one object. */
export interface ObjectTarget extends ResourceTarget {
  readonly name: string
}
