import type { Environment } from '../environment.ts'
import { lowestAllowedPort } from '../host-ports.ts'
import { currentUser } from '../host-user.ts'
import type { InstanceAddresses } from '../instance-addresses.ts'
import { publishedBefore } from '../instance-config.ts'
import type { InstanceHome } from '../instance-home.ts'
import { findInstance } from '../instance-process.ts'
import { envoyFinding, envoySearch } from './envoy-finding.ts'
import { fine, missing, type HostFinding } from './finding.ts'
import { lowPortsFinding, portFindings } from './port-findings.ts'
import { nodeFinding, optionalProgramFindings } from './program-findings.ts'
import { resourceFindings } from './resource-findings.ts'
import { startupFindings } from './startup-findings.ts'

export interface Examination {
  readonly environment: Environment
  readonly home: InstanceHome
  readonly addresses: InstanceAddresses
}

const answeringFindings = async (
  { home, addresses }: Examination,
  lowest: number,
): Promise<readonly HostFinding[]> =>
  (await findInstance(home)) === undefined
    ? portFindings(addresses, await publishedBefore(home), lowest)
    : [fine('ports', 'Weft is running and has its ports')]

/** `weft doctor`: everything that an instance of this home needs of the host, in the order in which it needs it. */
export const examineHost = async (
  examination: Examination,
  signal: AbortSignal,
): Promise<readonly HostFinding[]> => {
  const { environment, home, addresses } = examination
  if (process.platform !== 'linux')
    return [missing('platform', `this host is ${process.platform}`, 'run Weft on Linux')]
  const { searchPath } = environment
  const lowest = await lowestAllowedPort(addresses.api)
  return [
    nodeFinding(process.versions.node),
    ...(await startupFindings(searchPath)),
    await envoyFinding(
      envoySearch(environment, () => undefined),
      signal,
    ),
    ...optionalProgramFindings(searchPath),
    ...(await answeringFindings(examination, lowest)),
    lowPortsFinding(lowest),
    ...(await resourceFindings(home.root, currentUser())),
  ]
}
