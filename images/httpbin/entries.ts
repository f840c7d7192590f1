import type { CatalogueEntry } from '../../src/node/images/catalogue-resolver.ts'

const paths = '/get /post /headers /ip /status/CODE /delay/SECONDS /anything …'

/** httpbin in both of its languages. */
export const httpbinImages: readonly CatalogueEntry[] = [
  {
    name: 'kennethreitz/httpbin',
    aliases: ['kong/httpbin'],
    program: 'httpbin/python-main.js',
    programPath: '/usr/local/bin/gunicorn',
    description: `HTTP on 80, or where gunicorn's -b says: ${paths}`,
  },
  {
    name: 'mccutchen/go-httpbin',
    program: 'httpbin/go-main.js',
    programPath: '/bin/go-httpbin',
    description: `HTTP on 8080 or $PORT: ${paths}`,
  },
]
