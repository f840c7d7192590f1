import { connectCluster, type ClusterClient } from '../cluster/cluster-client.ts'
import type { ClusterEndpoint } from '../cluster/endpoint.ts'
import type { InstanceAddresses } from './instance-addresses.ts'
import type { InstanceHome } from './instance-home.ts'
import { apiServerUrl } from './kubeconfig-file.ts'
import { ensurePki } from './pki.ts'

/** Where the instance's API answers its administrator. */
export const instanceEndpoint = async (
  home: InstanceHome,
  addresses: InstanceAddresses,
): Promise<ClusterEndpoint> => {
  const pki = await ensurePki(home.pki, addresses)
  return {
    server: apiServerUrl(addresses),
    certificateAuthority: pki.authority,
    clientCertificate: pki.admin.certificate,
    clientKey: pki.admin.privateKey,
  }
}

/** A client of the instance's API, as its administrator. */
export const connectInstance = async (
  home: InstanceHome,
  addresses: InstanceAddresses,
): Promise<ClusterClient> => connectCluster(await instanceEndpoint(home, addresses))
