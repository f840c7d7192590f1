import { expect, test } from 'vitest'
import { parseKubeconfig, writeKubeconfig } from './kubeconfig.ts'

const noFiles = (path: string): string => {
  throw new Error(`must not read ${path}`)
}

test('what is written is read back', () => {
  const content = {
    name: 'weft',
    server: 'https://127.0.0.1:36443',
    certificateAuthority: '-----BEGIN CERTIFICATE-----\nca\n',
    clientCertificate: 'cert',
    clientKey: 'key',
  }
  expect(parseKubeconfig(writeKubeconfig(content), noFiles)).toEqual({
    name: 'weft',
    namespace: 'default',
    endpoint: {
      server: content.server,
      certificateAuthority: content.certificateAuthority,
      clientCertificate: 'cert',
      clientKey: 'key',
    },
  })
})

const config = `
current-context: one
clusters:
- name: c
  cluster: {server: "https://example.test:6443", certificate-authority: ca.pem}
users:
- name: u
  user: {tokenFile: token}
- name: plugin
  user: {exec: {command: aws}}
contexts:
- name: one
  context: {cluster: c, user: u, namespace: shop}
- name: two
  context: {cluster: c, user: plugin}
- name: three
  context: {cluster: absent, user: u}
`

test('files are read through the caller', () => {
  const files: Record<string, string> = { 'ca.pem': 'CA', token: 'secret\n' }
  expect(parseKubeconfig(config, (path) => files[path] ?? '')).toEqual({
    name: 'one',
    namespace: 'shop',
    endpoint: { server: 'https://example.test:6443', certificateAuthority: 'CA', token: 'secret' },
  })
})

test.each([
  [config, 'two', /plugin/],
  [config, 'three', /clusters has no entry named "absent"/],
  [config, 'four', /contexts has no entry named "four"/],
  ['', undefined, /empty/],
  ['a: [', undefined, /not valid YAML/],
  ['clusters: []', undefined, /current-context/],
])('what is wrong is named (%#)', (text, context, message) => {
  expect(() => parseKubeconfig(text, () => '', context)).toThrow(message)
})
