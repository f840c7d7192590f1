import type { CliContext } from '../cli-context.ts'
import { textTable } from '../text-table.ts'

/** What /debug/syncz answers: one entry per open ADS stream. */
interface TypeStatus {
  readonly state: string
  readonly refused: readonly { readonly name: string; readonly message: string }[]
}

interface ProxyStatus {
  readonly name: string
  readonly namespace: string
  readonly type: string
  readonly version: string
  readonly generation: number
  readonly heldGeneration: number
  readonly types: Readonly<Record<'cds' | 'lds' | 'eds' | 'rds' | 'vhds', TypeStatus>>
}

const path = '/api/v1/namespaces/istio-system/services/istiod:15014/proxy/debug/syncz'
const types = ['cds', 'lds', 'eds', 'rds', 'vhds'] as const

/** `weft proxy-status`: what each proxy has acknowledged; refused resources with Envoy's words below the table. */
export const proxyStatus = async (
  context: CliContext,
  _parameters: readonly string[],
  options: { readonly output?: string },
): Promise<number> => {
  const client = await context.instance.connect()
  try {
    const proxies = await client.raw.json<readonly ProxyStatus[]>({ method: 'GET', path }, context.signal)
    if (options.output === 'json') {
      context.out(`${JSON.stringify(proxies, undefined, 2)}\n`)
      return 0
    }
    const rows = proxies.map((proxy) => [
      `${proxy.name}.${proxy.namespace}`,
      proxy.type,
      ...types.map((type) => proxy.types[type].state),
      `${proxy.heldGeneration}/${proxy.generation}`,
      proxy.version,
    ])
    const header = ['NAME', 'TYPE', ...types.map((type) => type.toUpperCase()), 'GENERATION', 'VERSION']
    context.out(
      textTable([header, ...rows.toSorted((left, right) => ((left[0] ?? '') < (right[0] ?? '') ? -1 : 1))]),
    )
    for (const proxy of proxies) {
      for (const { name, message } of types.flatMap((type) => proxy.types[type].refused)) {
        context.out(`${proxy.name}.${proxy.namespace} refused ${name}: ${message}\n`)
      }
    }
    return 0
  } finally {
    client.close()
  }
}
