/** The process `weft server`: API server, controllers and control plane of one home. */
import { randomBytes, randomUUID } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import type { Mutator } from '../apiserver/admission.ts'
import { createApiServer, type ApiServer } from '../apiserver/api-server.ts'
import {
  createBearerIdentification,
  type BearerIdentification,
  type TokenPort,
  type TokenSubject,
} from '../apiserver/bearer-tokens.ts'
import { defaultStorageClass } from '../apiserver/default-storage-class.ts'
import { defaultServiceAccount, serviceAccountToken } from '../apiserver/service-account-admission.ts'
import { podPriority } from '../apiserver/pod-priority.ts'
import { objectKey } from '../apiserver/stored-object.ts'
import { createServiceAddresses } from '../apiserver/service-addresses.ts'
import { connectCluster } from '../cluster/cluster-client.ts'
import { createInformerSet } from '../cluster/informer-set.ts'
import type { ControlledKind, CustomKinds } from '../controllers/controller-context.ts'
import { startControllers } from '../controllers/start-controllers.ts'
import { configMapKind } from '../resources/core/config-map-kind.ts'
import { isJsonObject } from '../primitives/json-value.ts'
import { allKinds } from '../resources/all-kinds.ts'
import type { Kind } from '../resources/kind.ts'
import { schemaLibrary } from '../resources/schema-library.ts'
import { openStore } from '../store/lmdb-store.ts'
import type { Store } from '../store/store.ts'
import { openApiSockets } from './api-sockets.ts'
import { sidecarInjection } from './sidecar-injection.ts'
import { clusterAddresses, instanceAddresses } from './instance-addresses.ts'
import { readInstanceConfig } from './instance-config.ts'
import { instanceSockets, type InstanceHome } from './instance-home.ts'
import type { Log } from '../primitives/log.ts'
import { kubernetesVersion } from './package-version.ts'
import { ensurePki, type InstancePki } from './pki.ts'
import { instanceTokens } from './service-account-tokens.ts'
import type { HostSockets } from './socket-broker.ts'
import { systemClock } from './system-clock.ts'
import { applySystemObjects, keepKubernetesService } from './system-objects.ts'

/** A connected socket, or the error. */
const connected = (open: () => Socket): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = open()
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      resolve(socket)
    })
  })

/** Kubernetes' alphabet for generated names: no vowels, no characters that look alike. */
const suffixAlphabet = 'bcdfghjklmnpqrstvwxz2456789'

const nameSuffix = (): string =>
  Array.from(randomBytes(5), (byte) => suffixAlphabet[byte % suffixAlphabet.length]).join('')

const buildApi = (store: Store, tokens: TokenPort, mutators: readonly Mutator[], log: Log): ApiServer => {
  const serviceAddresses = createServiceAddresses({
    store,
    clock: systemClock,
    serviceRange: clusterAddresses.serviceRange,
    reserved: [clusterAddresses.kubernetesService, clusterAddresses.dns],
  })
  const identifiers = { uid: randomUUID, nameSuffix }
  const admission = { store, kinds: allKinds, clock: systemClock, identifiers }
  return createApiServer({
    store,
    kinds: allKinds,
    schemaLibrary,
    mutators: [
      podPriority(store, allKinds),
      defaultServiceAccount,
      defaultStorageClass(store, allKinds),
      serviceAddresses.mutator,
      ...mutators,
      serviceAccountToken(admission),
    ],
    validators: [serviceAddresses.validator],
    connectNode: () => connected(() => connect(instanceSockets.node)),
    connectPod: (address, port) => connected(() => connect(port, address)),
    tokens,
    clock: systemClock,
    identifiers,
    version: kubernetesVersion,
    log,
  })
}

/** Pods and whoever else has a service account's token. */
const bearerIdentification = (store: Store, pki: InstancePki): BearerIdentification => {
  const tokens = instanceTokens(pki)
  const read = (token: string): TokenSubject | undefined => {
    const claims = tokens.verify(token, systemClock.now())
    return claims.ok ? claims.value : undefined
  }
  return createBearerIdentification({ store, kinds: allKinds, read, audience: tokens.issuer })
}

/** The mesh configuration as it is stored. */
const meshConfigText = (store: Store): string => {
  const stored = store.get(objectKey(configMapKind, 'istio-system', 'istio'))
  const object: unknown = stored === undefined ? undefined : JSON.parse(stored.value)
  const data = isJsonObject(object) ? object['data'] : undefined
  const text = isJsonObject(data) ? data['mesh'] : undefined
  return typeof text === 'string' ? text : ''
}

const tokenPort = (pki: InstancePki, bearer: BearerIdentification): TokenPort => {
  const { issuer, sign } = instanceTokens(pki)
  return { issuer, sign, identify: (token) => bearer(`Bearer ${token}`) }
}

const controlledKind = ({ group, versions, kind, plural, namespaced }: Kind): ControlledKind => ({
  group,
  version: versions[0] ?? 'v1',
  kind,
  plural,
  namespaced,
})

const controlledDefinitions = ({ customKinds }: ApiServer): CustomKinds => ({
  subscribe: customKinds.subscribe,
  current: () =>
    customKinds.current().map((definition) => ({
      ...definition,
      kind: definition.kind === undefined ? undefined : controlledKind(definition.kind),
    })),
})

/**
 * `weft server`: API server, controllers and control plane in one process, for one home. Runs until `signal`.
 * Nothing but the store holds state: the process may be killed at any moment.
 */
export const runServer = async (
  home: InstanceHome,
  sockets: HostSockets,
  log: Log,
  signal: AbortSignal,
): Promise<void> => {
  const addresses = instanceAddresses(home.root)
  const config = await readInstanceConfig(home)
  const pki = await ensurePki(home.pki, addresses)
  const store = openStore(home.store, { log })
  const bearer = bearerIdentification(store, pki)
  const api = buildApi(
    store,
    tokenPort(pki, bearer),
    [sidecarInjection(() => meshConfigText(store), log)],
    log,
  )
  const servers = await openApiSockets(api, { pki, bearer, addresses, sockets })
  log('the API server answers', { address: addresses.api, revision: store.revision() })

  const cluster = connectCluster({ socketPath: instanceSockets.api })
  // One cache of the cluster for controllers and control plane.
  const informers = createInformerSet({ port: cluster, clock: systemClock, random: Math.random, log }, signal)
  const controllers = startControllers(
    {
      cluster,
      clock: systemClock,
      random: Math.random,
      config: {
        kinds: allKinds.map(controlledKind),
        customKinds: controlledDefinitions(api),
        loadBalancerRange: addresses.loadBalancerRange,
        lowestHostPort: config.lowestHostPort,
        rootCertificate: pki.authority,
      },
      log,
      informers,
    },
    signal,
  )
  // Envoy's message types take half of the server's loading time: the API answers before, and the node starts beside.
  const { runMesh } = await import('./mesh-server.ts')
  const mesh = runMesh({ cluster, informers, sockets, config, log }, signal)
  const applied = applySystemObjects(cluster, log, signal)
  keepKubernetesService(informers, cluster, log, signal)
  await Promise.all([controllers, mesh, applied])
  await informers.done()
  for (const server of servers) server.close()
  await api.close()
  await store.close()
}
