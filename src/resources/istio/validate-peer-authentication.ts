/** What Istio refuses in a PeerAuthentication beyond its schema. */
import { forbidden, invalid, required } from '../field-error.ts'
import type { KubeObject } from '../kube-object.ts'
import { validateSelectorLabels } from './policy-target.ts'
import type { PolicyTarget } from './policy-target.ts'
import { validateIstioMetadata } from './validate-istio-metadata.ts'
import { when } from './when.ts'
import type { Findings } from './when.ts'

export interface PeerAuthentication extends KubeObject {
  readonly spec?: {
    readonly selector?: PolicyTarget['selector']
    readonly mtls?: { readonly mode?: string }
    readonly portLevelMtls?: Readonly<Record<string, unknown>>
  }
}

const isPort = (text: string): boolean => /^[1-9]\d*$/.test(text) && Number(text) <= 65_535

export const validatePeerAuthentication = (policy: PeerAuthentication): Findings => {
  const { selector, portLevelMtls } = policy.spec ?? {}
  const ports = Object.keys(portLevelMtls ?? {})
  const path = 'spec.portLevelMtls'
  return [
    ...validateIstioMetadata(policy),
    ...validateSelectorLabels('spec.selector.matchLabels', selector?.matchLabels),
    ...when(
      (portLevelMtls ?? undefined) !== undefined && ports.length === 0,
      required(path, 'port level mTLS, if defined, must have at least one element; remove it'),
    ),
    ...when(
      ports.length > 0 && Object.keys(selector?.matchLabels ?? {}).length === 0,
      forbidden(path, 'mesh and namespace wide policies cannot have port level mTLS; add a selector'),
    ),
    ...ports.flatMap((port) =>
      when(!isPort(port), invalid(`${path}[${port}]`, port, 'port must be in range 1..65535')),
    ),
  ]
}
