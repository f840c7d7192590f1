import { rename, writeFile } from 'node:fs/promises'
import { stringify } from 'yaml'
import type { InstanceAddresses } from './instance-addresses.ts'
import type { InstanceHome } from './instance-home.ts'
import type { InstancePki } from './pki.ts'

const base64 = (text: string): string => Buffer.from(text).toString('base64')

export const apiServerUrl = (addresses: InstanceAddresses): string =>
  `https://${addresses.api}:${addresses.apiPort}`

/** Writes the administrator's kubeconfig (context `weft`), readable by its owner alone. */
export const writeKubeconfig = async (
  home: InstanceHome,
  addresses: InstanceAddresses,
  pki: InstancePki,
): Promise<void> => {
  const text = stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'weft',
        cluster: { server: apiServerUrl(addresses), 'certificate-authority-data': base64(pki.authority) },
      },
    ],
    users: [
      {
        name: 'weft-admin',
        user: {
          'client-certificate-data': base64(pki.admin.certificate),
          'client-key-data': base64(pki.admin.privateKey),
        },
      },
    ],
    contexts: [{ name: 'weft', context: { cluster: 'weft', user: 'weft-admin', namespace: 'default' } }],
    'current-context': 'weft',
  })
  await writeFile(`${home.kubeconfig}.draft`, text, { mode: 0o600 })
  await rename(`${home.kubeconfig}.draft`, home.kubeconfig)
}
