import { createHash } from 'node:crypto'
import { defaultClusterAddresses as network } from '../node/network/cluster-network.ts'
import { formatCidr } from '../primitives/cidr.ts'

/** The host's loopback addresses that one instance answers on. */
export interface InstanceAddresses {
  readonly api: string
  readonly apiPort: number
  /** Addresses for Services of type LoadBalancer, as a CIDR. */
  readonly loadBalancerRange: string
}

/**
 * A /24 of 127.0.0.0/8 chosen by the home's path: the same at every start, and another for every home, so that
 * instances run side by side without asking each other. 127.0.x.y to 127.15.x.y are left to others.
 */
export const instanceAddresses = (home: string): InstanceAddresses => {
  const digest = createHash('sha256').update(home).digest()
  const prefix = `127.${16 + (digest.readUInt8(0) % 224)}.${digest.readUInt8(1)}`
  return { api: `${prefix}.1`, apiPort: 6443, loadBalancerRange: `${prefix}.128/25` }
}

/** Addresses inside the cluster's own network namespace: the same in every instance, never seen on the host. */
export const clusterAddresses = {
  bridge: network.node,
  podRange: formatCidr(network.podRange),
  serviceRange: formatCidr(network.serviceRange),
  kubernetesService: '10.96.0.1',
  dns: network.dns,
  apiPort: 6443,
  adsPort: 15010,
  debugPort: 15014,
} as const
