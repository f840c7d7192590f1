import { rename, writeFile } from 'node:fs/promises'
import { writeKubeconfig as kubeconfigText } from '../cluster/kubeconfig.ts'
import type { InstanceAddresses } from './instance-addresses.ts'
import type { InstanceHome } from './instance-home.ts'
import type { InstancePki } from './pki.ts'

export const apiServerUrl = (addresses: InstanceAddresses): string =>
  `https://${addresses.api}:${addresses.apiPort}`

/** Writes the administrator's kubeconfig (context `weft`), readable by its owner alone. */
export const writeKubeconfig = async (
  home: InstanceHome,
  addresses: InstanceAddresses,
  pki: InstancePki,
): Promise<void> => {
  const text = kubeconfigText({
    name: 'weft',
    user: 'weft-admin',
    server: apiServerUrl(addresses),
    certificateAuthority: pki.authority,
    clientCertificate: pki.admin.certificate,
    clientKey: pki.admin.privateKey,
    namespace: 'default',
  })
  await writeFile(`${home.kubeconfig}.draft`, text, { mode: 0o600 })
  await rename(`${home.kubeconfig}.draft`, home.kubeconfig)
}
