import { once } from 'node:events'
import { connect as connectHttp2 } from 'node:http2'
import { describe, expect, test } from 'vitest'
import { findEntry } from '../src/node/images/catalogue-resolver.ts'
import { catalogue } from './catalogue.ts'
import { createColorClient } from './howto-k8s-http2/color-client.ts'
import { createColorServer } from './howto-k8s-http2/color-server.ts'
import { goLogLine } from './howto-k8s-http2/go-log.ts'
import { createMyappServer } from './myapp/myapp-server.ts'
import { useServers } from './servers-rig.conformance.ts'

const { listen, text } = useServers()

const overH2c = async (address: string, path: string): Promise<[number, string]> => {
  const session = connectHttp2(`http://${address}`)
  const stream = session.request({ ':path': path })
  let status = 0
  let body = ''
  stream.on('response', (headers) => (status = Number(headers[':status'])))
  stream.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
  await once(stream, 'end')
  session.close()
  return [status, body]
}

describe('myapp', () => {
  test.each(['1', '2'])('version %s tells its version', async (version) => {
    const address = await listen(createMyappServer(version))
    const response = await fetch(`http://${address}/api/v1/hello`, { headers: { connection: 'close' } })
    expect(response.headers.get('content-type')).toBe('text/plain;charset=UTF-8')
    expect(await response.text()).toBe(`Hello World, This is version ${version}!`)
  })

  test('answers as Spring Boot elsewhere', async () => {
    const address = await listen(createMyappServer('1'))
    const [code, body] = await text(`http://${address}/nothing?x=1`)
    expect(code).toBe(404)
    expect(JSON.parse(body)).toMatchObject({ status: 404, error: 'Not Found', path: '/nothing' })
    expect(await text(`http://${address}/actuator/health`)).toEqual([200, '{"status":"UP"}'])
    const posted = await fetch(`http://${address}/api/v1/hello`, {
      method: 'POST',
      headers: { connection: 'close' },
    })
    expect(posted.status).toBe(405)
  })
})

describe('color_server', () => {
  const start = (random: () => number = () => 0.5): Promise<string> =>
    listen(createColorServer({ color: 'red', log: () => undefined, random }).listener)

  test('answers its color over h2c and over HTTP/1.1 on one port', async () => {
    const address = await start()
    expect(await overH2c(address, '/')).toEqual([200, 'red'])
    expect(await overH2c(address, '/ping')).toEqual([200, ''])
    expect(await text(`http://${address}/any/path`)).toEqual([200, 'red'])
  })

  test('fails at the wanted rate with the wanted code', async () => {
    const address = await start(() => 0.5)
    expect(await overH2c(address, '/setFlake?rate=0.6&code=503')).toEqual([200, 'rate: 0.6, code: 503'])
    expect(await overH2c(address, '/')).toEqual([503, 'flaky server\n'])
    await overH2c(address, '/setFlake?rate=0.4&code=503')
    expect(await overH2c(address, '/')).toEqual([200, 'red'])
  })

  test.each([
    ['/setFlake', 'rate must be specified\n'],
    ['/setFlake?rate=2&code=503', 'rate must be between 0.0 and 1.0\n'],
    ['/setFlake?rate=0.5', 'code must be specified\n'],
    ['/setFlake?rate=x&code=503', 'strconv.ParseFloat: parsing "x": invalid syntax\n'],
    ['/setFlake?rate=1&code=x', 'strconv.ParseInt: parsing "x": invalid syntax\n'],
  ])('%s is refused', async (path, message) => {
    expect(await overH2c(await start(), path)).toEqual([400, message])
  })
})

describe('color_client', () => {
  test('asks the color server over h2c and passes its answer on', async () => {
    const lines: string[] = []
    const colorHost = await listen(
      createColorServer({ color: 'blue', log: (line) => lines.push(line), random: () => 0.5 }).listener,
    )
    const address = await listen(createColorClient({ colorHost, log: (line) => lines.push(line) }))
    expect(await text(`http://${address}/ping`)).toEqual([200, ''])
    expect(await text(`http://${address}/color`)).toEqual([200, 'blue'])
    expect(lines).toEqual(['Received request: GET / HTTP/2.0', 'Got color response: blue'])
    expect(await text(`http://${address}/setFlake?rate=7`)).toEqual([
      400,
      'rate must be between 0.0 and 1.0\n',
    ])
    expect((await text(`http://${address}/other`))[0]).toBe(404)
  })

  test('says 500 while nobody answers and recovers by itself', async () => {
    const server = createColorServer({ color: 'green', log: () => undefined, random: () => 0.5 }).listener
    const colorHost = await listen(server)
    const port = Number(colorHost.split(':')[1])
    server.close()
    await once(server, 'close')
    const address = await listen(createColorClient({ colorHost, log: () => undefined }))
    expect((await text(`http://${address}/color`))[0]).toBe(500)
    const again = createColorServer({ color: 'green', log: () => undefined, random: () => 0.5 }).listener
    await listen(again, port)
    expect(await text(`http://${address}/color`)).toEqual([200, 'green'])
  })
})

test('log lines look like those of Go', () => {
  expect(goLogLine('PORT is: 8080', new Date(Date.UTC(2026, 10, 20, 21, 5, 9)))).toBe(
    '2026/11/20 21:05:09 PORT is: 8080',
  )
})

describe('the catalogue', () => {
  test.each([
    ['myapp:1.0', { MYAPP_VERSION: '1' }],
    ['docker.io/library/myapp:2.0', { MYAPP_VERSION: '2' }],
  ])('%s is known', (image, env) => {
    expect(findEntry(catalogue, image)?.env).toEqual(env)
  })

  test.each([
    'howto-k8s-http2/color_client',
    'docker.io/howto-k8s-http2/color_server:anything',
    '123456789012.dkr.ecr.us-west-2.amazonaws.com/howto-k8s-http2/color_client:latest',
    'curlimages/curl:8.10.1',
    'quay.io/curlimages/curl',
    'localhost:5000/howto-k8s-http2/color_client',
    'nginx:1.29-alpine',
    'library/httpd',
    'public.ecr.aws/docker/library/nginx:latest',
    'registry.example.com/nginx',
    'mirror.example.com/hub/jcantosz/demo-colors:latest',
    'bitnamilegacy/apache:2.4',
  ])('%s is known', (image) => {
    expect(findEntry(catalogue, image)).toBeDefined()
  })

  test.each([
    'myapp',
    'myapp:3.0',
    'ghcr.io/me/myapp:1.0',
    'me/myapp:1.0',
    'me/nginx',
    'ghcr.io/me/nginx',
    'hub/jcantosz/demo-colors',
  ])('%s is not', (image) => {
    expect(findEntry(catalogue, image)).toBeUndefined()
  })
})
