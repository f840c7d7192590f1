import type { CatalogueEntry } from '../../src/node/images/catalogue-resolver.ts'

/** Servers that send back what they got. */
export const echoImages: readonly CatalogueEntry[] = [
  {
    name: 'istio-testing/app',
    aliases: ['istio/app'],
    program: 'echo/echo-app-main.js',
    description: 'the echo of Istio’s tests: HTTP and h2c on each --port (8080), TCP on each --tcp',
  },
  {
    name: 'istio/tcp-echo-server',
    aliases: ['release/tcp-echo-server'],
    program: 'echo/tcp-echo-main.js',
    args: ['9000', 'hello'],
    description: 'TCP on the ports of the first argument (9000): each line behind the second (hello)',
  },
  {
    name: 'hashicorp/http-echo',
    program: 'echo/http-echo-main.js',
    description: 'HTTP on -listen (:5678): answers -text',
  },
  {
    name: 'echoserver',
    aliases: ['google_containers/echoserver', 'google-containers/echoserver', 'e2e-test-images/echoserver'],
    program: 'echo/echoserver-main.js',
    description: 'HTTP on 8080: tells the request',
  },
]
