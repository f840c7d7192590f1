import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { UpOptions, UpSummary } from '../cli/instance-port.ts'
import { CodedError, messageOf } from '../primitives/coded-error.ts'
import { findEnvoy } from '../proxy/envoy-binary.ts'
import { envoySearch } from './doctor/envoy-finding.ts'
import { homeFinding } from './doctor/resource-findings.ts'
import type { Environment } from './environment.ts'
import { ensurePortFree, lowestAllowedPort } from './host-ports.ts'
import { parsePublished, publishedText } from './published-ports.ts'
import type { PublishedPort } from '../primitives/host-port.ts'
import { ensureHostRequirements, requireAll } from './host-requirements.ts'
import { currentUser } from './host-user.ts'
import type { InstanceAddresses } from './instance-addresses.ts'
import { parsePlaintextXds, publishedBefore, writeInstanceConfig } from './instance-config.ts'
import type { InstanceHome } from './instance-home.ts'
import { withHomeLock } from './home-lock.ts'
import { connectInstance } from './instance-client.ts'
import { findInstance, startInstance, stopInstance } from './instance-process.ts'
import { apiServerUrl, writeKubeconfig } from './kubeconfig-file.ts'
import { findDyingPart, parts } from './part-ends.ts'
import { ensurePki } from './pki.ts'
import { awaitMilestone, milestones } from './readiness.ts'
import { gatewayAnswers } from './gateway-answers.ts'

export interface UpRequest {
  readonly environment: Environment
  readonly home: InstanceHome
  readonly addresses: InstanceAddresses
  readonly options: UpOptions
  readonly say: (line: string) => void
}

/** Ports are opened when an instance starts: what is asked of a running one must be what it has. */
const ensurePublished = async (home: InstanceHome, options: UpOptions): Promise<void> => {
  const wanted = parsePublished(options.publish)
  if (wanted === undefined) return
  const has = await publishedBefore(home)
  const text = (ports: readonly PublishedPort[]): string => ports.map(publishedText).toSorted().join(', ')
  if (text(wanted) === text(has)) return
  throw new CodedError(
    'already-running',
    `Weft is already up and publishes ${text(has) || 'no port'}; run \`weft down\`, then \`weft up\` with these --publish options`,
  )
}

/** Host, Envoy, certificates and configuration: what must be there before the first process starts. */
const prepare = async (request: UpRequest, signal: AbortSignal): Promise<void> => {
  const { environment, home, addresses, options, say } = request
  const plaintextXds =
    options.plaintextXds === undefined ? undefined : parsePlaintextXds(options.plaintextXds)
  const published = parsePublished(options.publish) ?? (await publishedBefore(home))
  await ensureHostRequirements({ searchPath: environment.searchPath, say }, signal)
  await ensurePortFree(addresses.api, addresses.apiPort)
  if (plaintextXds !== undefined) await ensurePortFree(plaintextXds.address, plaintextXds.port)
  for (const { address, port } of published) await ensurePortFree(address, port)
  const envoy = await findEnvoy(envoySearch(environment, say), signal)
  say(`  Envoy ${envoy.version} (${envoy.path})`)
  await mkdir(home.root, { recursive: true })
  await writeKubeconfig(home, addresses, await ensurePki(home.pki, addresses))
  await writeInstanceConfig(home, {
    envoyBinary: envoy.path,
    searchPath: environment.searchPath,
    userHome: environment.userHome,
    lowestHostPort: await lowestAllowedPort(addresses.api),
    published,
    ...(plaintextXds === undefined ? {} : { plaintextXds }),
  })
}

/** The last lines of the logs without stacks, for the error of a start that failed. */
const logTail = async (home: InstanceHome): Promise<string> => {
  const tails = await Promise.all(
    parts.map(async (part) => {
      const text = await readFile(join(home.logs, `${part}.log`), 'utf8').catch(() => '')
      const lines = text
        .trimEnd()
        .split('\n')
        .filter((line) => !/^\s+at /.test(line))
      return text === '' ? '' : `--- ${part}.log\n${lines.slice(-12).join('\n')}`
    }),
  )
  return tails.filter((tail) => tail !== '').join('\n')
}

const whyHopeless = async (home: InstanceHome): Promise<string | undefined> => {
  if ((await findInstance(home)) === undefined) return 'the instance ended'
  const dying = await findDyingPart(home.ends)
  return dying === undefined
    ? undefined
    : `the ${dying.part} process keeps ending right after its start (${dying.count} times, ${dying.status})`
}

/** `weft up`: everything in order, with a line as each part answers. An interrupted or failed start is taken back. */
export const bringUp = async (request: UpRequest, signal: AbortSignal): Promise<UpSummary> => {
  const { environment, home, addresses, say } = request
  const began = performance.now()
  const seconds = (): number => (performance.now() - began) / 1000
  requireAll([homeFinding(home.root, currentUser())])
  const { running, instance } = await withHomeLock(home.root, signal, async () => {
    const found = await findInstance(home)
    await (found === undefined ? prepare(request, signal) : ensurePublished(home, request.options))
    return {
      running: found,
      instance: found ?? (await startInstance(home, addresses, { ...environment, user: currentUser() })),
    }
  })
  const client = await connectInstance(home, addresses)
  try {
    for (const milestone of milestones(client)) {
      await awaitMilestone(milestone, { patience: 60_000, hopeless: () => whyHopeless(home) }, signal)
      say(`  ${milestone.name} answers (${seconds().toFixed(1)} s)`)
    }
    return {
      alreadyRunning: running !== undefined,
      apiServer: apiServerUrl(addresses),
      ...(await gatewayAnswers(home, client, signal)),
      seconds: seconds(),
    }
  } catch (error) {
    if (running === undefined) await stopInstance(home, instance, new AbortController().signal)
    if (signal.aborted) throw error
    throw new CodedError('instance-start-failed', `${messageOf(error)}\n${await logTail(home)}`, {
      cause: error,
    })
  } finally {
    client.close()
  }
}
