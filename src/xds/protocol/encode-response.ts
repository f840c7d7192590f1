/** Responses of both dialects from resources that are encoded already: only heads and the nonce are new. */
import type { Dialect, PlannedResponse } from './ads-session.ts'
import type { EncodedResource } from './resource.ts'
import { concatenate, fieldHead, fieldLength, stringField } from './wire-format.ts'

/** Field numbers of envoy.service.discovery.v3.DeltaDiscoveryResponse, .Resource, .DiscoveryResponse and google.protobuf.Any. */
const deltaResponse = { systemVersion: 1, resources: 2, typeUrl: 4, nonce: 5, removedResources: 6 } as const
const resourceEnvelope = { version: 1, resource: 2, name: 3 } as const
const sotwResponse = { version: 1, resources: 2, typeUrl: 4, nonce: 5 } as const
const any = { typeUrl: 1, value: 2 } as const

/** All that stands before a resource's body inside a response. */
export const resourceHead = (dialect: Dialect, resource: EncodedResource): Uint8Array => {
  const { body } = resource
  const typeUrl = stringField(any.typeUrl, resource.typeUrl)
  const valueHead = fieldHead(any.value, body.length)
  const anyLength = typeUrl.length + valueHead.length + body.length
  if (dialect === 'sotw')
    return concatenate([fieldHead(sotwResponse.resources, anyLength), typeUrl, valueHead])
  const name = stringField(resourceEnvelope.name, resource.name)
  const version = stringField(resourceEnvelope.version, resource.version)
  const length = name.length + version.length + fieldLength(resourceEnvelope.resource, anyLength)
  return concatenate([
    fieldHead(deltaResponse.resources, length),
    name,
    version,
    fieldHead(resourceEnvelope.resource, anyLength),
    typeUrl,
    valueHead,
  ])
}

/** Encodes the responses of a server, keeping each resource's head for as long as the resource lives. */
export class ResponseEncoder {
  readonly #heads: Record<Dialect, WeakMap<EncodedResource, Uint8Array>> = {
    delta: new WeakMap(),
    sotw: new WeakMap(),
  }

  #headOf(dialect: Dialect, resource: EncodedResource): Uint8Array {
    const known = this.#heads[dialect].get(resource)
    if (known !== undefined) return known
    const head = resourceHead(dialect, resource)
    this.#heads[dialect].set(resource, head)
    return head
  }

  /** The parts of the message; concatenated they are a DeltaDiscoveryResponse or a DiscoveryResponse. */
  encode(dialect: Dialect, response: PlannedResponse): readonly Uint8Array[] {
    const parts: Uint8Array[] = []
    for (const resource of response.resources) parts.push(this.#headOf(dialect, resource), resource.body)
    if (dialect === 'delta') {
      parts.push(stringField(deltaResponse.systemVersion, response.nonce))
      for (const name of response.removed) parts.push(stringField(deltaResponse.removedResources, name))
      parts.push(stringField(deltaResponse.typeUrl, response.typeUrl))
      parts.push(stringField(deltaResponse.nonce, response.nonce))
      return parts
    }
    parts.push(stringField(sotwResponse.version, response.nonce))
    parts.push(stringField(sotwResponse.typeUrl, response.typeUrl))
    parts.push(stringField(sotwResponse.nonce, response.nonce))
    return parts
  }
}
