import { expect, test } from 'vitest'
import { clusterNetworkScript, defaultClusterAddresses, hardwareAddress } from './cluster-network.ts'

test('an Ethernet address is local, for one station, and holds the IP address', () => {
  expect(hardwareAddress('10.244.0.1')).toBe('0a:58:0a:f4:00:01')
  expect(hardwareAddress('10.244.255.16')).toBe('0a:58:0a:f4:ff:10')
})

test('the bridge’s Ethernet address is set, or it would follow that of the pods’ links', () => {
  expect(clusterNetworkScript(defaultClusterAddresses)).toContain('link set weft0 address 0a:58:0a:f4:00:01')
})
