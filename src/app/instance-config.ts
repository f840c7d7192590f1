import { readFile, rename, writeFile } from 'node:fs/promises'
import { CodedError } from '../primitives/coded-error.ts'
import { isJsonObject } from '../primitives/json-value.ts'
import type { InstanceHome } from './instance-home.ts'

/** What `weft up` decides and `server` and `node` read at their start. */
export interface InstanceConfig {
  readonly envoyBinary: string
  /** `weft up --plaintext-xds 127.0.0.1:15010`: the host's address on which any ADS client is served. */
  readonly plaintextXds?: { readonly address: string; readonly port: number }
}

export const writeInstanceConfig = async (home: InstanceHome, config: InstanceConfig): Promise<void> => {
  await writeFile(`${home.config}.draft`, `${JSON.stringify(config, undefined, 2)}\n`)
  await rename(`${home.config}.draft`, home.config)
}

export const readInstanceConfig = async (home: InstanceHome): Promise<InstanceConfig> => {
  const parsed: unknown = JSON.parse(await readFile(home.config, 'utf8'))
  if (!isJsonObject(parsed) || typeof parsed['envoyBinary'] !== 'string') {
    throw new CodedError('instance-config-broken', `${home.config} is not a configuration that weft up wrote`)
  }
  const { envoyBinary, plaintextXds } = parsed
  if (!isJsonObject(plaintextXds)) return { envoyBinary }
  const { address, port } = plaintextXds
  if (typeof address !== 'string' || typeof port !== 'number') return { envoyBinary }
  return { envoyBinary, plaintextXds: { address, port } }
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
