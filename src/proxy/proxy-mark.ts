/** The mark by which the redirect knows Envoy's own connections. */
import type { JsonObject } from '../primitives/json-value.ts'

const proxyMark = 1337

/** SO_MARK (option 36 of SOL_SOCKET) before the socket is bound, as envoy.config.core.v3.SocketOption. */
export const markOption: JsonObject = {
  description: 'SO_MARK',
  level: 1,
  name: 36,
  int_value: proxyMark,
  state: 'STATE_PREBIND',
}
