/** What Istio warns of in a Gateway that it accepts. */
import { child, itemsAt } from '../field-path.ts'
import { advise } from './advise.ts'
import type { Advices } from './advise.ts'
import { adviseServerTls } from './advise-server-tls.ts'
import type { Gateway } from './gateway.ts'
import { isHttpProtocol } from './protocol.ts'

export const adviseGateway = ({ spec }: Gateway): Advices =>
  itemsAt('spec.servers', spec.servers).flatMap(({ path, value: { port, tls } }) =>
    tls === undefined
      ? []
      : [
          ...adviseServerTls(child(path, 'tls'), tls),
          ...advise(
            tls.httpsRedirect === true && !isHttpProtocol(port.protocol),
            child(path, 'tls.httpsRedirect'),
            'tls.httpsRedirect should only be used with http servers',
          ),
        ],
  )
