/** Runs the real kubectl against an API server of this test, with a kubeconfig in a directory of its own. */
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCertificateAuthority, issueCertificate } from '../identity/certificate-authority.ts'
import { createRig, listenHttps, type Rig } from './api-server-rig.conformance.ts'
import type { ApiServerOptions } from './api-context.ts'

export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

export interface KubectlRig {
  readonly rig: Rig
  readonly url: string
  readonly directory: string
  /** Runs kubectl to its end. */
  readonly kubectl: (args: readonly string[], input?: string) => Promise<Ran>
  /** Starts kubectl; the caller ends it. */
  readonly start: (args: readonly string[]) => ChildProcess
  readonly close: () => Promise<void>
}

const kubeconfig = (
  url: string,
  authority: string,
  client: { certificate: string; privateKey: string },
): string => {
  const base64 = (text: string): string => Buffer.from(text).toString('base64')
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
    clusters: [{ name: 'test', cluster: { server: url, 'certificate-authority-data': base64(authority) } }],
    users: [
      {
        name: 'admin',
        user: {
          'client-certificate-data': base64(client.certificate),
          'client-key-data': base64(client.privateKey),
        },
      },
    ],
  })
}

/** Throws when kubectl is not on the PATH: this suite must not pass without it. */
export const createKubectlRig = async (overrides: Partial<ApiServerOptions> = {}): Promise<KubectlRig> => {
  const notBefore = new Date(Date.now() - 60_000)
  const validity = { notBefore, notAfter: new Date(Date.now() + 3_600_000) }
  const authority = await createCertificateAuthority('test-ca', validity)
  const serving = await issueCertificate(authority, {
    ...validity,
    commonName: 'api',
    ipAddresses: ['127.0.0.1'],
    usage: 'server',
  })
  const client = await issueCertificate(authority, {
    ...validity,
    commonName: 'kubernetes-admin',
    organizations: ['system:masters'],
    usage: 'client',
  })
  const rig = await createRig(overrides)
  const { url, server } = await listenHttps(rig, {
    certificate: serving.certificate,
    privateKey: serving.privateKey,
    clientAuthority: authority.certificate,
  })
  const directory = await mkdtemp(join(tmpdir(), 'weft-kubectl-'))
  const config = join(directory, 'kubeconfig')
  await writeFile(config, kubeconfig(url, authority.certificate, client))
  const { KUBECONFIG: _outside, ...outer } = process.env
  const env = { ...outer, HOME: directory, KUBECONFIG: config, KUBECACHEDIR: join(directory, 'cache') }
  const kubectl: KubectlRig['kubectl'] = (args, input) =>
    new Promise((resolve, reject) => {
      const child = execFile('kubectl', args, { env, maxBuffer: 64 << 20 }, (error, out, err) => {
        if (error !== null && typeof error.code !== 'number') reject(error)
        else resolve({ code: error === null ? 0 : Number(error.code), out, err })
      })
      child.stdin?.end(input ?? '')
    })
  const version = await kubectl(['version', '--client', '-o', 'json'])
  if (version.code !== 0) throw new Error(`kubectl does not run: ${version.err}`)
  return {
    rig,
    url,
    directory,
    kubectl,
    start: (args) => spawn('kubectl', args, { env }),
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      await rig.close()
      server.closeAllConnections()
      await closed
      await rm(directory, { recursive: true, force: true })
    },
  }
}
