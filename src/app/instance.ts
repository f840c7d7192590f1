import { fileURLToPath } from 'node:url'
import { CodedError } from '../primitives/coded-error.ts'
import type { InstancePort, InstanceStatus } from '../cli/instance-port.ts'
import type { Environment } from './environment.ts'
import { instanceAddresses, type InstanceAddresses } from './instance-addresses.ts'
import { catalogue } from '../../images/catalogue.ts'
import { envoyVersion } from '../proxy/envoy-package.ts'
import { kubernetesVersion } from './package-version.ts'
import { removeCgroupPlaces } from '../node/cgroups/cgroup-places.ts'
import { cgroupHost, cgroupName } from './instance-cgroups.ts'
import { instanceHome, type InstanceHome } from './instance-home.ts'
import { findInstance, instanceProcesses, stopInstance } from './instance-process.ts'
import { currentUser } from './host-user.ts'
import { removeTree } from './remove-tree.ts'
import { apiServerUrl } from './kubeconfig-file.ts'

const statusOf = async (
  home: InstanceHome,
  addresses: InstanceAddresses,
  signal: AbortSignal,
): Promise<InstanceStatus> => {
  const running = await findInstance(home)
  if (running === undefined) return { running: false, home: home.root }
  const { connectInstance } = await import('./instance-client.ts')
  const { gatewayAnswers } = await import('./gateway-answers.ts')
  const client = await connectInstance(home, addresses)
  try {
    const answers = await gatewayAnswers(home, client, signal)
    const apiAnswers = await client.raw.text({ method: 'GET', path: '/readyz' }, signal).then(
      () => true,
      () => false,
    )
    return {
      running: true,
      home: home.root,
      apiServer: apiServerUrl(addresses),
      apiAnswers,
      ...answers,
      processes: instanceProcesses(running),
    }
  } finally {
    client.close()
  }
}

const bringDown = async (home: InstanceHome, signal: AbortSignal): Promise<boolean> => {
  const running = await findInstance(home)
  if (running !== undefined) await stopInstance(home, running, signal)
  removeCgroupPlaces(cgroupHost(), cgroupName(home))
  return running !== undefined
}

const requireRunning = async (home: InstanceHome): Promise<void> => {
  if ((await findInstance(home)) !== undefined) return
  throw new CodedError('instance-not-running', 'Weft is not running; start it with `weft up`')
}

/** The embedded cluster of one home, as the commands see it. What a command does not use is not loaded for it. */
export const createInstance = (environment: Environment): InstancePort => {
  const home = instanceHome(environment.home)
  const addresses = instanceAddresses(home.root)
  return {
    home: home.root,
    kubeconfig: home.kubeconfig,
    imagesFile: home.images,
    logDirectory: home.logs,
    examplesDirectory: fileURLToPath(new URL('../../../examples', import.meta.url)),
    versions: { envoy: envoyVersion, kubernetes: `v${kubernetesVersion.major}.${kubernetesVersion.minor}` },
    catalogue: catalogue.flatMap(({ name, tags, description }) =>
      (tags ?? ['*']).map((tag) => ({ image: `${name}:${tag}`, description })),
    ),
    up: async (options, say, signal) => {
      const { bringUp } = await import('./instance-up.ts')
      return bringUp({ environment, home, addresses, options, say }, signal)
    },
    reset: async (say, signal) => {
      const { resetInstance } = await import('./instance-reset.ts')
      return resetInstance({ environment, home, addresses, say }, signal)
    },
    down: async ({ purge }, signal) => {
      const wasRunning = await bringDown(home, signal)
      if (purge) await removeTree(home.root, currentUser(), environment.searchPath)
      return wasRunning
    },
    doctor: async (signal) => {
      const { examineHost } = await import('./doctor/examine-host.ts')
      return examineHost({ environment, home, addresses }, signal)
    },
    status: (signal) => statusOf(home, addresses, signal),
    connect: async () => {
      await requireRunning(home)
      const { connectInstance } = await import('./instance-client.ts')
      return connectInstance(home, addresses)
    },
    forward: async (target, signal) => {
      await requireRunning(home)
      const { instanceEndpoint } = await import('./instance-client.ts')
      const { openPodPort } = await import('../cluster/port-forward.ts')
      return openPodPort(await instanceEndpoint(home, addresses), target, signal)
    },
  }
}
