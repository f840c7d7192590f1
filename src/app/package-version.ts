import { readFileSync } from 'node:fs'

/** The version in package.json, three folders above the built file. */
export const packageVersion = (): string => {
  const parsed: { readonly version: string } = JSON.parse(
    readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
  )
  return parsed.version
}
