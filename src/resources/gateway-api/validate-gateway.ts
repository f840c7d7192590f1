/** The CEL rules of Gateway and GatewayClass. */
import { forbidden, invalid } from '../field-error.ts'
import { child, item, itemsAt } from '../field-path.ts'
import { when } from '../istio/when.ts'
import type { Findings } from '../istio/when.ts'
import type { KubeObject } from '../kube-object.ts'
import { isIpAddress } from '../meta/ip-address.ts'
import { validateMetadata } from '../meta/validate-metadata.ts'
import type { Listener } from './validate-listeners.ts'
import { validateListeners } from './validate-listeners.ts'

interface GatewayAddress {
  readonly type?: string
  readonly value?: string
}

type Texts = Readonly<Record<string, string>>

export interface KubernetesGateway extends KubeObject {
  readonly spec: {
    readonly listeners: readonly Listener[]
    readonly addresses?: readonly GatewayAddress[]
    readonly infrastructure?: { readonly labels?: Texts; readonly annotations?: Texts }
  }
}

export interface GatewayClass extends KubeObject {
  readonly spec: { readonly controllerName: string; readonly description?: string }
}

const HOST = /^(?:\*\.)?[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/
const KEY =
  /^(?:[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*\/)?(?:[A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]$/

const addressProblem = ({ type = 'IPAddress', value }: GatewayAddress): string | undefined => {
  if (value === undefined || value === '') return undefined
  if (type === 'IPAddress') return isIpAddress(value) ? undefined : 'must be an IPv4 or IPv6 address'
  if (type !== 'Hostname' || HOST.test(value)) return undefined
  return String.raw`Hostname value must be empty or contain only valid characters (matching ^(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$)`
}

const validateAddresses = (addresses: readonly GatewayAddress[]): Findings =>
  itemsAt('spec.addresses', addresses).flatMap(({ path, value: address, index }) => {
    const { type = 'IPAddress', value } = address
    const problem = addressProblem(address)
    const isRepeated =
      value !== undefined &&
      ['IPAddress', 'Hostname'].includes(type) &&
      addresses.findIndex((one) => (one.type ?? 'IPAddress') === type && one.value === value) < index
    return [
      ...when(problem !== undefined, invalid(child(path, 'value'), value ?? '', problem ?? '')),
      ...when(isRepeated, invalid(path, value ?? '', `${type} values must be unique`)),
    ]
  })

const validateKeys = (field: 'labels' | 'annotations', texts: Texts | undefined): Findings => {
  const word = field === 'labels' ? 'Label' : 'Annotation'
  return Object.keys(texts ?? {}).flatMap((key) =>
    when(
      !KEY.test(key) || (key.split('/')[0] ?? '').length >= 253,
      invalid(
        item(`spec.infrastructure.${field}`, key),
        key,
        `${word} keys must be in the form of an optional DNS subdomain prefix followed by a required name segment of up to 63 characters.`,
      ),
    ),
  )
}

export const validateKubernetesGateway = (gateway: KubernetesGateway): Findings => {
  const { listeners, addresses = [], infrastructure } = gateway.spec
  return [
    ...validateMetadata(gateway),
    ...validateListeners(listeners),
    ...validateAddresses(addresses),
    ...validateKeys('labels', infrastructure?.labels),
    ...validateKeys('annotations', infrastructure?.annotations),
  ]
}

export const validateGatewayClass = (gatewayClass: GatewayClass, old?: GatewayClass): Findings => [
  ...validateMetadata(gatewayClass),
  ...when(
    old !== undefined && old.spec.controllerName !== gatewayClass.spec.controllerName,
    forbidden('spec.controllerName', 'field is immutable'),
  ),
]
