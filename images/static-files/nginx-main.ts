import { endOnSignal } from '../end-on-signal.ts'
import { nginxError } from './error-pages.ts'
import { createFileServer } from './file-server.ts'
import { isMounted } from './mounted.ts'

const root = '/usr/share/nginx/html'
const product = 'nginx'

const welcome = `<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
<style>
html { color-scheme: light dark; }
body { width: 35em; margin: 0 auto; font-family: Tahoma, Verdana, Arial, sans-serif; }
</style>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>This is Weft's static file server in the place of nginx. It serves ${root}.</p>
</body>
</html>
`

for (const path of [
  '/etc/nginx',
  '/etc/nginx/conf.d',
  '/etc/nginx/nginx.conf',
  '/etc/nginx/conf.d/default.conf',
])
  if (isMounted(path))
    console.error(
      `${path} is not read: this is a static file server in the place of nginx. Where nginx is installed, map it: weft image add nginx -- nginx -g 'daemon off;'`,
    )

const server = createFileServer({
  root,
  index: ['index.html', 'index.htm'],
  product,
  defaults: isMounted(root)
    ? new Map()
    : new Map([
        ['/', welcome],
        ['/index.html', welcome],
      ]),
  errorPage: nginxError(product),
  listings: false,
  log: (line) => console.log(line),
})
server.listen(80)
endOnSignal(server)
