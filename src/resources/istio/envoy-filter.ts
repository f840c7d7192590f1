/** EnvoyFilter (networking.istio.io): patches of what proxies get. */
import type { JsonObject } from '../../primitives/json-value.ts'
import type { KubeObject } from '../kube-object.ts'
import type { TargetReference } from './policy-target.ts'

/** Versions of proxies are matched by expressions; longer ones take too long to compile and are ignored. */
export const LONGEST_VERSION = 1024

export interface FilterMatch {
  readonly name?: string
  readonly subFilter?: { readonly name?: string }
}

export interface PatchMatch {
  readonly context?: string
  readonly proxy?: { readonly proxyVersion?: string }
  readonly listener?: { readonly filterChain?: { readonly filter?: FilterMatch } }
  readonly routeConfiguration?: JsonObject
  readonly cluster?: JsonObject
  readonly waypoint?: { readonly portNumber?: number }
}

export interface ConfigPatch {
  readonly applyTo?: string
  readonly match?: PatchMatch
  readonly patch?: { readonly operation?: string; readonly value?: JsonObject }
}

export interface EnvoyFilter extends KubeObject {
  readonly spec?: {
    readonly workloadSelector?: { readonly labels?: Readonly<Record<string, string>> }
    readonly targetRefs?: readonly TargetReference[]
    readonly configPatches?: readonly ConfigPatch[]
  }
}
