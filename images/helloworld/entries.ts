import type { CatalogueEntry } from '../../src/node/images/catalogue-resolver.ts'

const helloworld = (version: string): CatalogueEntry => ({
  name: `istio/examples-helloworld-${version}`,
  aliases: [`release/examples-helloworld-${version}`],
  program: 'helloworld/main.js',
  env: { SERVICE_VERSION: version },
  description: `HTTP on 5000: GET /hello answers "Hello version: ${version}, instance: POD"`,
})

/** Istio's sample helloworld. */
export const helloworldImages: readonly CatalogueEntry[] = [helloworld('v1'), helloworld('v2')]
