import { readFile, rename, writeFile } from 'node:fs/promises'
import { CodedError } from '../primitives/coded-error.ts'
import { isJsonObject } from '../primitives/json-value.ts'
import type { PublishedPort } from '../primitives/host-port.ts'
import type { InstanceHome } from './instance-home.ts'
import { readPublished } from './published-ports.ts'

/** What `weft up` decides and `server` and `node` read at their start. */
export interface InstanceConfig {
  readonly envoyBinary: string
  /** The PATH and home directory of the user who ran `weft up`, to find mapped programs as their shell does. */
  readonly searchPath: string
  readonly userHome: string
  /** The lowest port that this user may open on the host's addresses. */
  readonly lowestHostPort: number
  /** Ports of the ingress gateway on addresses of the host (`weft up --publish`). */
  readonly published: readonly PublishedPort[]
  /** `weft up --plaintext-xds 127.0.0.1:15010`: the host's address on which any ADS client is served. */
  readonly plaintextXds?: { readonly address: string; readonly port: number }
}

export const writeInstanceConfig = async (home: InstanceHome, config: InstanceConfig): Promise<void> => {
  await writeFile(`${home.config}.draft`, `${JSON.stringify(config, undefined, 2)}\n`)
  await rename(`${home.config}.draft`, home.config)
}

export const readInstanceConfig = async (home: InstanceHome): Promise<InstanceConfig> => {
  const parsed: unknown = JSON.parse(await readFile(home.config, 'utf8'))
  const read = (name: string): string => {
    const value = isJsonObject(parsed) ? parsed[name] : undefined
    if (typeof value === 'string') return value
    throw new CodedError('instance-config-broken', `${home.config} has no ${name}; run weft up again`)
  }
  const { lowestHostPort, published, plaintextXds: xds } = isJsonObject(parsed) ? parsed : {}
  const config = {
    envoyBinary: read('envoyBinary'),
    searchPath: read('searchPath'),
    userHome: read('userHome'),
    lowestHostPort: typeof lowestHostPort === 'number' ? lowestHostPort : 1,
    published: readPublished(published),
  }
  if (!isJsonObject(xds) || typeof xds['address'] !== 'string' || typeof xds['port'] !== 'number')
    return config
  return { ...config, plaintextXds: { address: xds['address'], port: xds['port'] } }
}

/** Parses `127.0.0.1:15010`; only loopback addresses, the data is not encrypted. */
export const parsePlaintextXds = (text: string): { readonly address: string; readonly port: number } => {
  const match = /^(127\.\d+\.\d+\.\d+):(\d+)$/.exec(text)
  const port = Number(match?.[2])
  if (match?.[1] === undefined || !(port > 0 && port < 65_536)) {
    throw new CodedError(
      'plaintext-xds-address',
      `--plaintext-xds ${text}: write a loopback address and a port, such as 127.0.0.1:15010`,
    )
  }
  return { address: match[1], port }
}

/** What the last start published; nothing before the first one. */
export const publishedBefore = (home: InstanceHome): Promise<readonly PublishedPort[]> =>
  readInstanceConfig(home).then(
    ({ published }) => published,
    () => [],
  )
