/** Gives Services their cluster IPs and node ports: a mutator that knows what is taken from the stored Services. */
import { isJsonObject, type JsonObject, type JsonValue } from '../primitives/json-value.ts'
import { fail, ok, type Result } from '../primitives/result.ts'
import type { Clock } from '../primitives/clock.ts'
import type { FailureStatus } from '../machinery/api-error.ts'
import type { FieldError, Kind } from '../resources/kind.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import type { Store, StoredValue } from '../store/store.ts'
import type { AdmissionRequest, Mutator, Validator } from './admission.ts'
import { internalError, invalid } from '../machinery/status-errors.ts'
import { decodeStored, keyPrefix, section } from './stored-object.ts'

export interface ServiceAddressOptions {
  readonly store: Store
  readonly clock: Clock
  /** e.g. `10.96.0.0/16`. */
  readonly serviceRange: string
  /** Addresses that are never given by themselves, only when a Service asks for them (the cluster's DNS, for one). */
  readonly reserved?: readonly string[]
}

interface Taken {
  readonly addresses: ReadonlySet<string>
  readonly ports: ReadonlySet<number>
}

/** What one stored Service holds, read once per revision of it. */
interface Holding {
  readonly revision: number
  readonly uid: string | undefined
  readonly address: string
  readonly ports: readonly number[]
}

interface Reservation {
  /** Milliseconds of the clock. */
  readonly until: number
  /** `namespace/name` of the Service that it was given to. */
  readonly owner: string
}

interface Range {
  readonly first: number
  readonly size: number
}

const firstNodePort = 30_000
const lastNodePort = 32_767
// Between giving an address and storing its Service another request must not get the same one.
const reservationMs = 30_000
// Addresses below are left to those who ask for one, as Kubernetes leaves the lower band of its range.
const staticBand = 256

const toNumber = (address: string): number =>
  address.split('.').reduce((number, part) => number * 256 + Number(part), 0)

const toAddress = (number: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.')

const parseRange = (text: string): Range => {
  const [base = '', bits = '32'] = text.split('/')
  return { first: toNumber(base), size: 2 ** (32 - Number(bits)) }
}

const isAddress = (text: string): boolean =>
  /^\d{1,3}(\.\d{1,3}){3}$/.test(text) && text.split('.').every((part) => Number(part) <= 255)

const portsOf = (spec: JsonObject): readonly JsonObject[] => {
  const ports = spec['ports']
  return Array.isArray(ports) ? ports.filter((port): port is JsonObject => isJsonObject(port)) : []
}

const textOf = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '')

const wantsAddress = (spec: JsonObject): boolean =>
  spec['type'] !== 'ExternalName' && spec['clusterIP'] !== 'None'

const wantsNodePorts = (spec: JsonObject): boolean =>
  spec['type'] === 'NodePort' ||
  (spec['type'] === 'LoadBalancer' && spec['allocateLoadBalancerNodePorts'] !== false)

const withSpec = (object: KubeObject, spec: JsonObject): KubeObject => ({ ...object, ...{ spec } })

/** Remembers what was given in the last seconds, whether its Service is stored yet or not. */
class ServiceAddresses {
  readonly #options: ServiceAddressOptions
  readonly #range: Range
  readonly #given = new Map<string | number, Reservation>()
  #holdings: ReadonlyMap<string, Holding> = new Map()
  #cursor = 0

  constructor(options: ServiceAddressOptions) {
    this.#options = options
    this.#range = parseRange(options.serviceRange)
  }

  readonly mutate: Mutator = (request) => {
    const { kind, object, subresource, operation } = request
    if (kind.group !== '' || kind.kind !== 'Service' || subresource !== undefined || operation === 'DELETE')
      return ok(object)
    // Most updates ask for nothing new: only those that do read what others hold.
    let known: Taken | undefined
    const taken = (): Taken => (known ??= this.#taken(kind, object))
    const addressed = this.#withAddress(request, keptFromOld(request), taken)
    return addressed.ok ? this.#withNodePorts(request, addressed.value, taken) : addressed
  }

  /** A Service that is being deleted is stored: what it holds is known from there, and free as soon as it is gone. */
  readonly release: Validator = ({ kind, object, subresource, operation }) => {
    if (kind.group !== '' || kind.kind !== 'Service' || subresource !== undefined || operation !== 'DELETE')
      return undefined
    const owner = ownerOf(object)
    for (const [given, reservation] of this.#given) {
      if (reservation.owner === owner) this.#given.delete(given)
    }
    return undefined
  }

  #readHoldings(kind: Kind): readonly Holding[] {
    const before = this.#holdings
    this.#holdings = new Map(
      this.#options.store.range(keyPrefix(kind)).items.map((stored) => {
        const holding = before.get(stored.key)
        return [stored.key, holding?.revision === stored.revision ? holding : holdingOf(kind, stored)]
      }),
    )
    return [...this.#holdings.values()]
  }

  #taken(kind: Kind, own: KubeObject): Taken {
    const now = this.#options.clock.now()
    for (const [given, { until }] of this.#given) if (until <= now) this.#given.delete(given)
    const others = this.#readHoldings(kind).filter(({ uid }) => uid !== own.metadata.uid)
    // Of two requests that create the same Service one fails anyway; a request that failed may be repeated.
    const owner = ownerOf(own)
    const recent = [...this.#given].flatMap(([given, reservation]) =>
      reservation.owner === owner ? [] : [given],
    )
    return {
      addresses: new Set([
        ...others.map(({ address }) => address),
        ...recent.filter((given) => typeof given === 'string'),
      ]),
      ports: new Set([
        ...others.flatMap(({ ports }) => ports),
        ...recent.filter((given) => typeof given === 'number'),
      ]),
    }
  }

  #give(given: string | number, { dryRun, object }: AdmissionRequest): void {
    if (dryRun) return
    this.#given.set(given, { until: this.#options.clock.now() + reservationMs, owner: ownerOf(object) })
  }

  #withAddress(
    request: AdmissionRequest,
    object: KubeObject,
    taken: () => Taken,
  ): Result<KubeObject, FailureStatus> {
    const spec = section(object, 'spec')
    if (spec['type'] === 'ExternalName') {
      const { clusterIP: _clusterIP, clusterIPs: _clusterIPs, ...rest } = spec
      return ok(withSpec(object, rest))
    }
    const asked = textOf(spec['clusterIP'])
    if (!wantsAddress(spec)) return ok(withSpec(object, { ...spec, clusterIPs: ['None'] }))
    const old = request.old === undefined ? '' : textOf(section(request.old, 'spec')['clusterIP'])
    if (asked !== '' && asked === old) return ok(object)
    const problem = asked === '' ? undefined : this.#problem(asked, taken())
    if (problem !== undefined)
      return fail(invalid(request.kind, object.metadata.name, [addressError(asked, problem)]).status)
    const address = asked === '' ? this.#freeAddress(taken()) : asked
    if (address === undefined) {
      const why = `failed to allocate a serviceIP: range ${this.#options.serviceRange} is full`
      return fail(internalError(why).status)
    }
    this.#give(address, request)
    return ok(
      withSpec(object, {
        ...spec,
        clusterIP: address,
        clusterIPs: [address],
        ipFamilies: spec['ipFamilies'] ?? ['IPv4'],
        ipFamilyPolicy: spec['ipFamilyPolicy'] ?? 'SingleStack',
      }),
    )
  }

  #problem(address: string, taken: Taken): string | undefined {
    const { first, size } = this.#range
    const number = isAddress(address) ? toNumber(address) : -1
    if (number < first || number >= first + size) {
      return `failed to allocate IP ${address}: the provided IP (${address}) is not in the valid range. The range of valid IPs is ${this.#options.serviceRange}`
    }
    return taken.addresses.has(address)
      ? `failed to allocate IP ${address}: provided IP is already allocated`
      : undefined
  }

  #freeAddress(taken: Taken): string | undefined {
    const { first, size } = this.#range
    const count = size - staticBand - 1
    for (let tried = 0; tried < count; tried += 1) {
      const address = toAddress(first + staticBand + ((this.#cursor + tried) % count))
      if (taken.addresses.has(address) || this.#options.reserved?.includes(address) === true) continue
      this.#cursor = (this.#cursor + tried + 1) % count
      return address
    }
    return undefined
  }

  #withNodePorts(
    request: AdmissionRequest,
    object: KubeObject,
    taken: () => Taken,
  ): Result<KubeObject, FailureStatus> {
    const spec = section(object, 'spec')
    const ports = portsOf(spec)
    if (!wantsNodePorts(spec)) return ok(object)
    const used = new Set(taken().ports)
    const oldPorts = new Set(
      request.old === undefined ? [] : portsOf(section(request.old, 'spec')).map((port) => port['nodePort']),
    )
    const errors: FieldError[] = []
    const allocated = ports.map((port, index): JsonObject => {
      const asked = typeof port['nodePort'] === 'number' ? port['nodePort'] : 0
      const problem = asked === 0 || oldPorts.has(asked) ? undefined : nodePortProblem(asked, used)
      if (problem !== undefined) {
        errors.push({
          field: `spec.ports[${index}].nodePort`,
          reason: 'FieldValueInvalid',
          value: asked,
          message: problem,
        })
      }
      const nodePort = asked === 0 ? freePort(used) : asked
      used.add(nodePort)
      if (!oldPorts.has(nodePort)) this.#give(nodePort, request)
      return { ...port, nodePort }
    })
    if (errors.length > 0) return fail(invalid(request.kind, object.metadata.name, errors).status)
    return ok(withSpec(object, { ...spec, ports: allocated }))
  }
}

const ownerOf = ({ metadata }: KubeObject): string => `${metadata.namespace ?? ''}/${metadata.name}`

const holdingOf = (kind: Kind, stored: StoredValue): Holding => {
  const service = decodeStored(kind, 'v1', stored)
  const spec = section(service, 'spec')
  return {
    revision: stored.revision,
    uid: service.metadata.uid,
    address: textOf(spec['clusterIP']),
    ports: portsOf(spec).map((port) => Number(port['nodePort'] ?? 0)),
  }
}

const addressError = (asked: string, message: string): FieldError => ({
  field: 'spec.clusterIPs',
  reason: 'FieldValueInvalid',
  value: [asked],
  message,
})

const nodePortProblem = (port: number, used: ReadonlySet<number>): string | undefined => {
  if (port < firstNodePort || port > lastNodePort) {
    return `provided port is not in the valid range. The range of valid ports is ${firstNodePort}-${lastNodePort}`
  }
  return used.has(port) ? 'provided port is already allocated' : undefined
}

const freePort = (used: ReadonlySet<number>): number => {
  for (let port = firstNodePort; port <= lastNodePort; port += 1) if (!used.has(port)) return port
  return 0
}

/** What an update that leaves addresses out keeps from the stored Service (Kubernetes' patchAllocatedValues). */
const keptFromOld = ({ object, old }: AdmissionRequest): KubeObject => {
  if (old === undefined) return object
  const spec = section(object, 'spec')
  const oldSpec = section(old, 'spec')
  const keepsAddress = wantsAddress(spec) && wantsAddress(oldSpec) && textOf(spec['clusterIP']) === ''
  const keepsPorts = wantsNodePorts(spec) && wantsNodePorts(oldSpec)
  const ports = portsOf(spec).map((port) => {
    const before = portsOf(oldSpec).find(
      (known) =>
        known['port'] === port['port'] && (known['protocol'] ?? 'TCP') === (port['protocol'] ?? 'TCP'),
    )?.['nodePort']
    return keepsPorts && (port['nodePort'] ?? 0) === 0 && before !== undefined
      ? { ...port, nodePort: before }
      : port
  })
  return withSpec(object, {
    ...spec,
    ...(keepsAddress
      ? { clusterIP: oldSpec['clusterIP'] ?? '', clusterIPs: oldSpec['clusterIPs'] ?? [] }
      : {}),
    ...(ports.length === 0 ? {} : { ports }),
  })
}

export interface ServiceAddressAdmission {
  readonly mutator: Mutator
  /** Refuses nothing; it hears which Services are deleted. */
  readonly validator: Validator
}

/** One per server, because it remembers what it gave in the last seconds. */
export const createServiceAddresses = (options: ServiceAddressOptions): ServiceAddressAdmission => {
  const addresses = new ServiceAddresses(options)
  return { mutator: addresses.mutate, validator: addresses.release }
}
