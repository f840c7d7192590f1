/** The built-in images: small programs of our own that honour the contract of images which walkthroughs name. */
import type { CatalogueEntry } from '../src/node/images/catalogue-resolver.ts'

/** An account's Elastic Container Registry: the image's name is the walkthrough's, the account the user's. */
const ecr = /^\d{12}\.dkr\.ecr(-fips)?\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/

const curl: Pick<CatalogueEntry, 'command' | 'description'> = {
  command: ['curl'],
  description: "the host's curl, with a shell to exec into",
}

export const catalogue: readonly CatalogueEntry[] = [
  {
    name: 'myapp',
    tags: ['1.0'],
    program: 'myapp/main.js',
    env: { MYAPP_VERSION: '1' },
    workdir: '/',
    description: 'HTTP on 8080: GET /api/v1/hello answers "Hello World, This is version 1!"',
  },
  {
    name: 'myapp',
    tags: ['2.0'],
    program: 'myapp/main.js',
    env: { MYAPP_VERSION: '2' },
    workdir: '/',
    description: 'HTTP on 8080: GET /api/v1/hello answers "Hello World, This is version 2!"',
  },
  {
    name: 'howto-k8s-http2/color_client',
    registries: ecr,
    program: 'howto-k8s-http2/color-client-main.js',
    description:
      'HTTP/1.1 on $PORT: GET /color asks http://$COLOR_HOST over h2c (AWS App Mesh howto-k8s-http2)',
  },
  {
    name: 'howto-k8s-http2/color_server',
    registries: ecr,
    program: 'howto-k8s-http2/color-server-main.js',
    description: 'h2c and HTTP/1.1 on $PORT: GET / answers $COLOR (AWS App Mesh howto-k8s-http2)',
  },
  { name: 'curlimages/curl', ...curl },
  { name: 'curlimages/curl', registries: /^quay\.io$/, ...curl },
]
