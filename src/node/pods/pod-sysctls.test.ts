import { expect, test } from 'vitest'
import type { Pod, PodSpec } from '../../resources/core/pod.ts'
import { podSysctls } from './pod-sysctls.ts'

const pod = (sysctls: readonly (readonly [string, string])[], more: Partial<PodSpec> = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web' },
  spec: {
    containers: [],
    securityContext: { sysctls: sysctls.map(([name, value]) => ({ name, value })) },
    ...more,
  },
})

test.each([
  ['none', pod([]), []],
  [
    'safe ones',
    pod([
      ['net/ipv4/tcp_syncookies', '1'],
      ['net.ipv4.ip_unprivileged_port_start', '100'],
    ]),
    [
      { name: 'net.ipv4.tcp_syncookies', value: '1' },
      { name: 'net.ipv4.ip_unprivileged_port_start', value: '100' },
    ],
  ],
  [
    'on the network of the node too',
    pod([['kernel.shm_rmid_forced', '1']], { hostNetwork: true }),
    [{ name: 'kernel.shm_rmid_forced', value: '1' }],
  ],
])('%s', (_name, from, value) => {
  expect(podSysctls(from)).toEqual({ ok: true, value })
})

test.each([
  [pod([['kernel.msgmax', '1']]), 'forbidden sysctl: "kernel.msgmax" not allowlisted'],
  [pod([['vm.swappiness', '1']]), 'forbidden sysctl: "vm.swappiness" not allowlisted'],
  [
    pod([['net.ipv4.tcp_syncookies', '1']], { hostNetwork: true }),
    'forbidden sysctl: "net.ipv4.tcp_syncookies" not allowed with host net enabled',
  ],
])('%#: refused', (from, error) => {
  expect(podSysctls(from)).toEqual({ ok: false, error })
})
