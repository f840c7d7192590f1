/** Composition: configuration (the only reader of the environment), wiring and shutdown. */
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** What the process's environment says, read once at start. */
export interface Environment {
  /** $WEFT_HOME, else ~/.weft: everything that an instance keeps. */
  readonly home: string
  /** $WEFT_ENVOY: an Envoy binary to use instead of the one on the PATH or the pinned package. */
  readonly envoyBinary: string | undefined
  /** Where downloaded tools are kept for all instances: $XDG_CACHE_HOME/weft, else ~/.cache/weft. */
  readonly cacheDirectory: string
  readonly searchPath: string
  /** The user's home directory: where mapped programs may live. */
  readonly userHome: string
  /** The whole environment, for programs that read it themselves (pip: proxies and indexes). */
  readonly variables: Readonly<Record<string, string | undefined>>
  /** Standard output is a terminal, and NO_COLOR holds no text (https://no-color.org). */
  readonly color: boolean
}

export const readEnvironment = (variables: NodeJS.ProcessEnv, isTerminal: boolean): Environment => ({
  home: resolve(variables['WEFT_HOME'] ?? join(homedir(), '.weft')),
  envoyBinary: nonEmpty(variables['WEFT_ENVOY']),
  cacheDirectory: join(nonEmpty(variables['XDG_CACHE_HOME']) ?? join(homedir(), '.cache'), 'weft'),
  searchPath: variables['PATH'] ?? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  userHome: homedir(),
  variables,
  color: isTerminal && nonEmpty(variables['NO_COLOR']) === undefined,
})

const nonEmpty = (text: string | undefined): string | undefined => (text === '' ? undefined : text)
