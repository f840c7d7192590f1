/** The built-in images: small programs of our own that honour the contract of images which walkthroughs name. */
import type { CatalogueEntry } from '../src/node/images/catalogue-resolver.ts'
import { bookinfoImages } from './bookinfo/entries.ts'
import { colorsImages } from './colors/entries.ts'
import { echoImages } from './echo/entries.ts'
import { fortioImages } from './fortio/entries.ts'
import { helloworldImages } from './helloworld/entries.ts'
import { howtoImages } from './howto-k8s-http2/entries.ts'
import { httpbinImages } from './httpbin/entries.ts'
import { myappImages } from './myapp/entries.ts'
import { shellImages } from './shell/entries.ts'
import { staticFileImages } from './static-files/entries.ts'

export const catalogue: readonly CatalogueEntry[] = [
  ...myappImages,
  ...howtoImages,
  ...colorsImages,
  ...bookinfoImages,
  ...helloworldImages,
  ...fortioImages,
  ...httpbinImages,
  ...echoImages,
  ...staticFileImages,
  ...shellImages,
]
