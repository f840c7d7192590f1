import { X509Certificate, createPrivateKey } from 'node:crypto'
import { createServer, connect } from 'node:tls'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { createCertificateAuthority, issueCertificate } from './certificate-authority.ts'

const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) }

describe('certificate authority', () => {
  test('signs leaves that openssl’s verifier accepts, with user, groups and names', async () => {
    const authority = await createCertificateAuthority('weft-ca', validity)
    const leaf = await issueCertificate(authority, {
      ...validity,
      commonName: 'weft-admin',
      organizations: ['system:masters'],
      ipAddresses: ['127.0.0.1'],
      dnsNames: ['kubernetes.default.svc'],
      usage: 'client',
    })
    const parsed = new X509Certificate(leaf.certificate)
    expect(parsed.verify(new X509Certificate(authority.certificate).publicKey)).toBe(true)
    expect(parsed.subject).toBe('O=system:masters\nCN=weft-admin')
    expect(parsed.subjectAltName).toContain('IP Address:127.0.0.1')
    expect(parsed.checkHost('kubernetes.default.svc')).toBe('kubernetes.default.svc')
    expect(parsed.checkPrivateKey(createPrivateKey(leaf.privateKey))).toBe(true)
  })

  test('a client certificate of another authority is refused in a TLS handshake', async () => {
    const ours = await createCertificateAuthority('weft-ca', validity)
    const theirs = await createCertificateAuthority('weft-ca', validity)
    const server = await issueCertificate(ours, {
      ...validity,
      commonName: 'api',
      ipAddresses: ['127.0.0.1'],
      usage: 'server',
    })
    const authorized: boolean[] = []
    const listener = createServer(
      {
        key: server.privateKey,
        cert: server.certificate,
        ca: ours.certificate,
        requestCert: true,
        rejectUnauthorized: false,
      },
      (socket) => {
        authorized.push(socket.authorized)
        socket.end()
      },
    ).listen(0, '127.0.0.1')
    await once(listener, 'listening')
    const { port } = listener.address() as AddressInfo
    for (const authority of [ours, theirs]) {
      const client = await issueCertificate(authority, { ...validity, commonName: 'u', usage: 'client' })
      const socket = connect({
        port,
        host: '127.0.0.1',
        ca: ours.certificate,
        cert: client.certificate,
        key: client.privateKey,
      })
      socket.resume()
      await once(socket, 'close')
    }
    listener.close()
    expect(authorized).toEqual([true, false])
  })
})
