import { parse, stringify } from 'yaml'
import { CodedError, messageOf } from '../primitives/coded-error.ts'
import { isJsonObject, type JsonObject } from '../primitives/json-value.ts'
import type { ServerEndpoint } from './endpoint.ts'

/** One context of a kubeconfig (client.authentication: Config v1), ready to connect with. */
export interface KubeconfigContext {
  readonly name: string
  readonly namespace: string
  readonly endpoint: ServerEndpoint
}

/** What a kubeconfig of one cluster, one user and one context says. PEM texts. */
export interface KubeconfigContent {
  /** Names cluster, context and, unless `user` does, the user. */
  readonly name: string
  readonly server: string
  readonly certificateAuthority: string
  readonly clientCertificate: string
  readonly clientKey: string
  readonly namespace?: string
  /** The user's name, when it is another. */
  readonly user?: string
}

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64')

/** The YAML of a kubeconfig with embedded certificates. */
export const writeKubeconfig = (content: KubeconfigContent): string =>
  stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': content.name,
      preferences: {},
      clusters: [
        {
          name: content.name,
          cluster: {
            server: content.server,
            'certificate-authority-data': base64(content.certificateAuthority),
          },
        },
      ],
      users: [
        {
          name: content.user ?? content.name,
          user: {
            'client-certificate-data': base64(content.clientCertificate),
            'client-key-data': base64(content.clientKey),
          },
        },
      ],
      contexts: [
        {
          name: content.name,
          context: {
            cluster: content.name,
            user: content.user ?? content.name,
            ...(content.namespace === undefined ? {} : { namespace: content.namespace }),
          },
        },
      ],
    },
    // Folded certificates are valid YAML but defeat grep and some line-based readers.
    { lineWidth: 0 },
  )

const invalid = (message: string, cause?: unknown): CodedError =>
  new CodedError('kubeconfig-invalid', `kubeconfig: ${message}`, { cause })

const named = (config: JsonObject, list: string, kind: string, name: string): JsonObject => {
  const entries = config[list]
  const found = Array.isArray(entries)
    ? entries.find((entry) => isJsonObject(entry) && entry['name'] === name)
    : undefined
  const value = isJsonObject(found) ? found[kind] : undefined
  if (!isJsonObject(value)) throw invalid(`${list} has no entry named "${name}"`)
  return value
}

const textField = (object: JsonObject, field: string): string | undefined => {
  const value = object[field]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** `<field>-data` in base64, else the file that `<field>` names. */
const pem = (object: JsonObject, field: string, readFile: (path: string) => string): string | undefined => {
  const data = textField(object, `${field}-data`)
  if (data !== undefined) return Buffer.from(data, 'base64').toString('utf8')
  const path = textField(object, field)
  return path === undefined ? undefined : readFile(path)
}

const token = (user: JsonObject, readFile: (path: string) => string): string | undefined => {
  const inline = textField(user, 'token')
  if (inline !== undefined) return inline
  const path = textField(user, 'tokenFile')
  return path === undefined ? undefined : readFile(path).trim()
}

/** Leaves out what is undefined: exact optional fields are absent or set. */
const present = <T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): Partial<T> => {
  const kept: Partial<T> = {}
  for (const key of Object.keys(fields) as (keyof T)[]) {
    const value = fields[key]
    if (value !== undefined) kept[key] = value
  }
  return kept
}

/**
 * The context named `contextName`, or the current one. `readFile` resolves certificate and token files (paths as
 * written; relative ones are relative to the kubeconfig). Throws CodedError `kubeconfig-invalid`.
 */
export const parseKubeconfig = (
  yaml: string,
  readFile: (path: string) => string,
  contextName?: string,
): KubeconfigContext => {
  let config: unknown
  try {
    config = parse(yaml)
  } catch (error) {
    throw invalid(`not valid YAML: ${messageOf(error)}`, error)
  }
  if (!isJsonObject(config))
    throw invalid('the file is empty; write one with `weft kubeconfig` or set KUBECONFIG')
  const name = contextName ?? textField(config, 'current-context')
  if (name === undefined) throw invalid('no current-context; set one with `kubectl config use-context NAME`')
  const context = named(config, 'contexts', 'context', name)
  const cluster = named(config, 'clusters', 'cluster', textField(context, 'cluster') ?? '')
  const userName = textField(context, 'user')
  const user = userName === undefined ? {} : named(config, 'users', 'user', userName)
  if (user['exec'] !== undefined || user['auth-provider'] !== undefined) {
    throw invalid(
      `user "${userName}" logs in through a plugin (exec), which is not supported yet; use a client certificate or a token`,
    )
  }
  const server = textField(cluster, 'server')
  if (server === undefined || !URL.canParse(server)) {
    throw invalid(
      `the cluster of context "${name}" has no valid server; write a URL such as https://127.0.0.1:6443`,
    )
  }
  return {
    name,
    namespace: textField(context, 'namespace') ?? 'default',
    endpoint: {
      server,
      ...present<Omit<ServerEndpoint, 'server'>>({
        certificateAuthority: pem(cluster, 'certificate-authority', readFile),
        clientCertificate: pem(user, 'client-certificate', readFile),
        clientKey: pem(user, 'client-key', readFile),
        token: token(user, readFile),
        tlsServerName: textField(cluster, 'tls-server-name'),
        insecureSkipTlsVerify: cluster['insecure-skip-tls-verify'] === true ? true : undefined,
      }),
    },
  }
}
