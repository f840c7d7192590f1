import type { CatalogueEntry } from '../../src/node/images/catalogue-resolver.ts'

/** The load generator of Istio's own tests and tasks. */
export const fortioImages: readonly CatalogueEntry[] = [
  {
    name: 'fortio/fortio',
    aliases: ['istio/fortio'],
    program: 'fortio/main.js',
    programPath: '/usr/bin/fortio',
    args: ['server'],
    description:
      'fortio load, with its flags and its report; fortio server: HTTP echo on 8080, TCP echo on 8078',
  },
]
