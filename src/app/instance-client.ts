import { connectCluster, type ClusterClient } from '../cluster/cluster-client.ts'
import type { InstanceAddresses } from './instance-addresses.ts'
import type { InstanceHome } from './instance-home.ts'
import { apiServerUrl } from './kubeconfig-file.ts'
import { ensurePki } from './pki.ts'

/** The instance's API, as its administrator. */
export const connectInstance = async (
  home: InstanceHome,
  addresses: InstanceAddresses,
): Promise<ClusterClient> => {
  const pki = await ensurePki(home.pki, addresses)
  return connectCluster({
    server: apiServerUrl(addresses),
    certificateAuthority: pki.authority,
    clientCertificate: pki.admin.certificate,
    clientKey: pki.admin.privateKey,
  })
}
