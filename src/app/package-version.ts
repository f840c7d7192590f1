import { readFileSync } from 'node:fs'

/** The version in package.json, three folders above the built file. */
export const packageVersion = (): string => {
  const parsed: { readonly version: string } = JSON.parse(
    readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
  )
  return parsed.version
}

/** The Kubernetes version whose API is served, as /version and `kubectl version` show it. */
export const kubernetesVersion = { major: '1', minor: '32', gitVersion: 'v1.32.0+weft' } as const
