import type { CatalogueEntry } from '../../src/node/images/catalogue-resolver.ts'

const myapp = (version: string): CatalogueEntry => ({
  name: 'myapp',
  tags: [`${version}.0`],
  program: 'myapp/main.js',
  env: { MYAPP_VERSION: version },
  workdir: '/',
  description: `HTTP on 8080: GET /api/v1/hello answers "Hello World, This is version ${version}!"`,
})

/** The application of the traffic shifting walkthrough. */
export const myappImages: readonly CatalogueEntry[] = [myapp('1'), myapp('2')]
