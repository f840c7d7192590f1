import type { Say, UpSummary } from '../cli/instance-port.ts'
import type { Environment } from './environment.ts'
import { withHomeLock } from './home-lock.ts'
import type { InstanceAddresses } from './instance-addresses.ts'
import { readInstanceConfig } from './instance-config.ts'
import type { InstanceHome } from './instance-home.ts'
import { findInstance, stopInstance } from './instance-process.ts'
import { currentUser } from './host-user.ts'
import { removeTree } from './remove-tree.ts'
import { bringUp } from './instance-up.ts'

export interface ResetRequest {
  readonly environment: Environment
  readonly home: InstanceHome
  readonly addresses: InstanceAddresses
  readonly say: Say
}

const addressText = async (home: InstanceHome): Promise<string | undefined> => {
  const { plaintextXds } = await readInstanceConfig(home)
  return plaintextXds === undefined ? undefined : `${plaintextXds.address}:${plaintextXds.port}`
}

/**
 * Forgets every object of the cluster and what its pods left, and keeps what the user set up: mapped images, certificates
 * and with them the kubeconfig, published ports. An instance that ran runs again then.
 */
export const resetInstance = async (
  { environment, home, addresses, say }: ResetRequest,
  signal: AbortSignal,
): Promise<UpSummary | undefined> => {
  const wasRunning = await withHomeLock(home.root, signal, async () => {
    const running = await findInstance(home)
    if (running !== undefined) await stopInstance(home, running, signal)
    for (const path of [home.store, home.pods, home.ends, home.logs])
      await removeTree(path, currentUser(), environment.searchPath)
    return running !== undefined
  })
  if (!wasRunning) return undefined
  const plaintextXds = await addressText(home)
  const options = plaintextXds === undefined ? {} : { plaintextXds }
  return bringUp({ environment, home, addresses, options, say }, signal)
}
