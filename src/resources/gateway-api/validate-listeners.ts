/** The CEL rules of the listeners of Gateways and ListenerSets. */
import { forbidden, invalid, required } from '../field-error.ts'
import { child, itemsAt } from '../field-path.ts'
import { present, when } from '../istio/when.ts'
import type { Findings } from '../istio/when.ts'

interface ListenerTls {
  readonly mode?: string
  readonly certificateRefs?: readonly object[]
  readonly options?: Readonly<Record<string, string>>
}

export interface Listener {
  readonly name: string
  readonly hostname?: string
  readonly port?: number
  readonly protocol: string
  readonly tls?: ListenerTls
}

const PLAIN: readonly string[] = ['HTTP', 'TCP', 'UDP']
const WITHOUT_HOST: readonly string[] = ['TCP', 'UDP']

const validateTls = (
  path: string,
  { mode = 'Terminate', certificateRefs = [], options = {} }: ListenerTls,
): Findings =>
  when(
    mode === 'Terminate' && certificateRefs.length === 0 && Object.keys(options).length === 0,
    required(
      child(path, 'certificateRefs'),
      'certificateRefs or options must be specified when mode is Terminate',
    ),
  )

const validateProtocol = (path: string, { protocol, tls, hostname = '' }: Listener): Findings => [
  ...when(
    PLAIN.includes(protocol) && tls !== undefined,
    forbidden(child(path, 'tls'), "tls must not be specified for protocols ['HTTP', 'TCP', 'UDP']"),
  ),
  ...when(
    protocol === 'HTTPS' && tls?.mode !== undefined && tls.mode !== 'Terminate',
    invalid(child(path, 'tls.mode'), tls?.mode ?? '', 'tls mode must be Terminate for protocol HTTPS'),
  ),
  ...when(
    protocol === 'TLS' && (tls?.mode ?? '') === '',
    required(child(path, 'tls.mode'), 'tls mode must be set for protocol TLS'),
  ),
  ...when(
    WITHOUT_HOST.includes(protocol) && hostname !== '',
    forbidden(child(path, 'hostname'), "hostname must not be specified for protocols ['TCP', 'UDP']"),
  ),
]

/** Names are unique by the key of the list; here the rest. A ListenerSet's port may be left out. */
export const validateListeners = (listeners: readonly Listener[]): Findings =>
  itemsAt('spec.listeners', listeners).flatMap(({ path, value, index }) => {
    const isSame = ({ port, protocol, hostname }: Listener): boolean =>
      port === value.port && protocol === value.protocol && hostname === value.hostname
    return [
      ...validateProtocol(path, value),
      ...present(value.tls, (tls) => validateTls(child(path, 'tls'), tls)),
      ...when(
        value.port !== undefined && listeners.findIndex(isSame) < index,
        invalid(
          path,
          value.name,
          'Combination of port, protocol and hostname must be unique for each listener',
        ),
      ),
    ]
  })
