import type { CatalogueEntry } from '../../src/node/images/catalogue-resolver.ts'

const bookinfo = (
  service: string,
  description: string,
  more: Pick<CatalogueEntry, 'env'> = {},
): CatalogueEntry => ({
  name: `istio/examples-bookinfo-${service}`,
  aliases: [`release/examples-bookinfo-${service}`],
  program: `bookinfo/${service.replace(/-v\d+$/, '')}-main.js`,
  env: { SERVICE_VERSION: service.split('-').at(-1) ?? '', ...more.env },
  description: `Istio's Bookinfo, HTTP on 9080: ${description}`,
})

/** Istio's Bookinfo: a page, the details of a book, its reviews in three versions, its ratings. */
export const bookinfoImages: readonly CatalogueEntry[] = [
  bookinfo('productpage-v1', 'the page /productpage'),
  bookinfo('details-v1', '/details/ID'),
  bookinfo('ratings-v1', '/ratings/ID, GET and POST'),
  bookinfo('reviews-v1', '/reviews/ID without stars'),
  bookinfo('reviews-v2', '/reviews/ID with black stars', {
    env: { ENABLE_RATINGS: 'true', STAR_COLOR: 'black' },
  }),
  bookinfo('reviews-v3', '/reviews/ID with red stars', {
    env: { ENABLE_RATINGS: 'true', STAR_COLOR: 'red' },
  }),
]
