import { endOnSignal } from '../end-on-signal.ts'
import { apacheError } from './error-pages.ts'
import { createFileServer } from './file-server.ts'
import { isMounted } from './mounted.ts'

const works = '<html><body><h1>It works!</h1></body></html>\n'

/** Serves a document root as httpd does, until a signal ends it. */
export const runApache = (root: string, port: number): void => {
  const server = createFileServer({
    root,
    index: ['index.html'],
    product: 'Apache',
    defaults: isMounted(root)
      ? new Map()
      : new Map([
          ['/', works],
          ['/index.html', works],
        ]),
    errorPage: apacheError,
    listings: true,
    log: (line) => console.log(line),
  })
  server.listen(port)
  endOnSignal(server)
}
