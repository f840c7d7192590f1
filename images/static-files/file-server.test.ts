import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask } from '../http/ask.ts'
import { useServers } from '../servers-rig.conformance.ts'
import { apacheError, nginxError } from './error-pages.ts'
import { combinedLogLine, createFileServer, type FileServerOptions } from './file-server.ts'

const { listen, text } = useServers()
let root: string

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'weft-files-'))
  await mkdir(join(root, 'docs'))
  await mkdir(join(root, 'sub dir'))
  await writeFile(join(root, 'docs', 'index.html'), '<p>docs</p>')
  await writeFile(join(root, 'sub dir', 'a&b.txt'), '0123456789')
  await writeFile(join(root, 'style.css'), 'p {}')
})
afterAll(() => rm(root, { recursive: true }))

const start = (options: Partial<FileServerOptions> = {}): Promise<string> =>
  listen(
    createFileServer({
      root,
      index: ['index.html'],
      product: 'nginx',
      defaults: new Map([['/', 'the image’s own']]),
      errorPage: nginxError('nginx'),
      listings: false,
      log: () => undefined,
      ...options,
    }),
  )

const head = async (url: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, { method: 'HEAD', headers: { connection: 'close', ...headers }, redirect: 'manual' })

describe('a file server', () => {
  test('serves files with their types, and the index of a directory', async () => {
    const address = await start()
    expect(await text(`http://${address}/docs/`)).toEqual([200, '<p>docs</p>'])
    expect((await head(`http://${address}/style.css`)).headers.get('content-type')).toMatch(/^text\/css/)
    expect(await text(`http://${address}/sub%20dir/a&b.txt`)).toEqual([200, '0123456789'])
  })

  test('sends a directory without its slash on', async () => {
    const address = await start()
    const { status, headers } = await head(`http://${address}/docs`)
    expect([status, headers.get('location')]).toEqual([301, `http://${address}/docs/`])
  })

  test('answers ranges and conditions', async () => {
    const file = `http://${await start()}/sub%20dir/a&b.txt`
    expect(await text(file, { headers: { range: 'bytes=2-4' } })).toEqual([206, '234'])
    const modified = (await head(file)).headers.get('last-modified') ?? ''
    const headers = { connection: 'close', 'if-modified-since': modified }
    expect((await ask(file, { headers })).status).toBe(304)
    expect((await text(file, { headers: { range: 'bytes=99-' } }))[0]).toBe(416)
  })

  test('its own page stands where the root has none', async () => {
    expect(await text(`http://${await start()}/`)).toEqual([200, 'the image’s own'])
    const mounted = await start({ defaults: new Map() })
    expect((await text(`http://${mounted}/`))[0]).toBe(403)
    const listing = await start({ defaults: new Map(), listings: true, errorPage: apacheError })
    const [code, page] = await text(`http://${listing}/sub%20dir/`)
    expect([code, page]).toEqual([200, expect.stringContaining('a&amp;b.txt')])
  })

  test.each([
    ['/nothing', 404],
    ['/nothing/', 404],
    ['/%E0%A4%A', 400],
    ['/../../etc/passwd', 404],
    ['/..%2f..%2fetc/passwd', 403],
    ['/style.css%00', 400],
  ])('%s is %i in the words of the original', async (path, code) => {
    const [status, page] = await text(`http://${await start()}${path}`)
    expect(status).toBe(code)
    expect(page).toContain(`<center><h1>${code}`)
  })

  test('takes GET and HEAD alone', async () => {
    expect((await text(`http://${await start()}/style.css`, { method: 'POST' }))[0]).toBe(405)
  })

  test('logs as the originals do', async () => {
    const lines: string[] = []
    await text(`http://${await start({ log: (line) => lines.push(line) })}/style.css?x=1`)
    expect(lines).toEqual([
      expect.stringMatching(
        /^127\.0\.0\.1 - - \[.+ \+0000\] "GET \/style\.css\?x=1 HTTP\/1\.1" 200 4 "-" "\w+"$/,
      ),
    ])
  })
})

test('a log line has the time of nginx and httpd', () => {
  const asked = { address: '10.244.0.9', method: 'GET', url: '/', httpVersion: '1.1', headers: {} }
  const now = new Date(Date.UTC(2026, 10, 3, 4, 5, 6))
  expect(combinedLogLine(asked, { code: 404, bytes: 153 }, now)).toBe(
    '10.244.0.9 - - [03/Nov/2026:04:05:06 +0000] "GET / HTTP/1.1" 404 153 "-" "-"',
  )
})
