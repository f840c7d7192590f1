import { existsSync } from 'node:fs'
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { KeyPairPem } from '../identity/certificate-authority.ts'
import { generateTokenKey } from '../identity/service-account-token.ts'
import { errorCodeOf } from '../primitives/coded-error.ts'
import { clusterAddresses, type InstanceAddresses } from './instance-addresses.ts'

export interface InstancePki {
  readonly authority: string
  readonly server: KeyPairPem
  readonly admin: KeyPairPem
  /** Signs the tokens of service accounts; PEM. */
  readonly tokenKey: string
}

const DAY = 86_400_000

const readPair = async (directory: string, name: string): Promise<KeyPairPem> => ({
  certificate: await readFile(join(directory, `${name}.crt`), 'utf8'),
  privateKey: await readFile(join(directory, `${name}.key`), 'utf8'),
})

const writePair = async (directory: string, name: string, pair: KeyPairPem): Promise<void> => {
  await writeFile(join(directory, `${name}.crt`), pair.certificate)
  await writeFile(join(directory, `${name}.key`), pair.privateKey, { mode: 0o600 })
}

/** Makes the instance's authority, the API server's certificate and the administrator's, in a directory of their own. */
const createPki = async (directory: string, addresses: InstanceAddresses): Promise<void> => {
  // Loaded here alone: the certificate library costs 0.2 s and 20 MB that no later start needs.
  const { createCertificateAuthority, issueCertificate } =
    await import('../identity/certificate-authority.ts')
  const draft = `${directory}.draft`
  await mkdir(draft, { recursive: true, mode: 0o700 })
  const notBefore = new Date(Date.now() - 300_000)
  const validity = { notBefore, notAfter: new Date(notBefore.getTime() + 3650 * DAY) }
  const authority = await createCertificateAuthority('weft-ca', validity)
  await writePair(draft, 'ca', authority)
  const server = await issueCertificate(authority, {
    ...validity,
    commonName: 'weft-apiserver',
    dnsNames: [
      'localhost',
      'kubernetes',
      'kubernetes.default',
      'kubernetes.default.svc',
      'kubernetes.default.svc.cluster.local',
    ],
    ipAddresses: ['127.0.0.1', addresses.api, clusterAddresses.bridge, clusterAddresses.kubernetesService],
    usage: 'server',
  })
  await writePair(draft, 'server', server)
  const admin = { commonName: 'kubernetes-admin', organizations: ['system:masters'] }
  await writePair(
    draft,
    'admin',
    await issueCertificate(authority, { ...validity, ...admin, usage: 'client' }),
  )
  await rename(draft, directory)
}

/** Kept beside the certificates as kubeadm does; a home of an earlier Weft has none yet. */
const ensureTokenKey = async (directory: string): Promise<string> => {
  const file = join(directory, 'sa.key')
  try {
    // Exclusive: of two processes that start together one key wins.
    await writeFile(`${file}.${process.pid}`, generateTokenKey(), { mode: 0o600 })
    await link(`${file}.${process.pid}`, file)
  } catch (error) {
    if (errorCodeOf(error) !== 'EEXIST') throw error
  } finally {
    await rm(`${file}.${process.pid}`, { force: true })
  }
  return readFile(file, 'utf8')
}

/** The instance's certificates and keys; made at the first start, then read. */
export const ensurePki = async (directory: string, addresses: InstanceAddresses): Promise<InstancePki> => {
  if (!existsSync(directory)) await createPki(directory, addresses)
  return {
    authority: await readFile(join(directory, 'ca.crt'), 'utf8'),
    server: await readPair(directory, 'server'),
    admin: await readPair(directory, 'admin'),
    tokenKey: await ensureTokenKey(directory),
  }
}
