import type { CatalogueEntry } from '../../src/node/images/catalogue-resolver.ts'

const shell = (name: string, program: string): CatalogueEntry => ({
  name,
  command: [],
  args: [program],
  workdir: '/',
  description: "a shell with the host's tools",
})

/** As curl's image decides: words that are no program are flags and addresses for curl. */
const curlOrProgram = `if [ "\${1#-}" != "$1" ] || [ -z "$(command -v "$1")" ]; then set -- curl "$@"; fi; exec "$@"`

/** Systems that people exec into: the host's programs under the names of theirs. */
export const shellImages: readonly CatalogueEntry[] = [
  shell('ubuntu', 'bash'),
  shell('debian', 'bash'),
  shell('alpine', '/bin/sh'),
  shell('busybox', 'sh'),
  shell('nicolaka/netshoot', 'bash'),
  {
    name: 'curlimages/curl',
    aliases: ['curl/curl'],
    command: ['sh', '-c', curlOrProgram, 'sh'],
    args: ['curl'],
    workdir: '/',
    description: "the host's curl, or any program of the host",
  },
]
