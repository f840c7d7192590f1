import type { CatalogueEntry } from '../../src/node/images/catalogue-resolver.ts'

/** AWS App Mesh's howto-k8s-http2; its manifests name the user's own registry. */
export const howtoImages: readonly CatalogueEntry[] = [
  {
    name: 'howto-k8s-http2/color_client',
    program: 'howto-k8s-http2/color-client-main.js',
    description:
      'HTTP/1.1 on $PORT: GET /color asks http://$COLOR_HOST over h2c (AWS App Mesh howto-k8s-http2)',
  },
  {
    name: 'howto-k8s-http2/color_server',
    program: 'howto-k8s-http2/color-server-main.js',
    description: 'h2c and HTTP/1.1 on $PORT: GET / answers $COLOR (AWS App Mesh howto-k8s-http2)',
  },
]
