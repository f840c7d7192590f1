import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { connect as connectHttp2 } from 'node:http2'
import { Agent, get } from 'node:http'
import { afterEach, expect, test } from 'vitest'

const source = `
  import { createCleartextServer } from ${JSON.stringify(new URL('http/cleartext-server.ts', import.meta.url).href)}
  import { endOnSignal } from ${JSON.stringify(new URL('end-on-signal.ts', import.meta.url).href)}
  const waiting = []
  const { listener, servers } = createCleartextServer((request, response) => {
    if (request.url !== '/slow') return response.end('at once')
    waiting.push(response)
    console.log('asked')
  })
  process.stdin.on('data', () => { for (const response of waiting) response.end('after the signal') })
  listener.listen(0, '127.0.0.1', () => console.log('port ' + listener.address().port + ' ' + servers.map(({ keepAliveTimeout }) => keepAliveTimeout ?? 0)))
  endOnSignal(listener, servers)
`

const running: ChildProcess[] = []
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
})

const start = async () => {
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', source], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  running.push(child)
  const says = async (): Promise<string> => String((await once(child.stdout, 'data'))[0]).trim()
  const [, port, timeouts] = (await says()).split(' ')
  return { child, port: Number(port), timeouts, says }
}

const body = (url: string, agent: Agent): Promise<string> =>
  new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      let text = ''
      response.on('data', (chunk: Buffer) => (text += chunk.toString()))
      response.on('end', () => resolve(text))
    }).on('error', reject)
  })

test('SIGTERM: the request under way is answered, idle connections end, the status is 0', async () => {
  const { child, port, says } = await start()
  const agent = new Agent({ keepAlive: true })
  expect(await body(`http://127.0.0.1:${port}/`, agent)).toBe('at once')
  const slow = body(`http://127.0.0.1:${port}/slow`, agent)
  expect(await says()).toBe('asked')
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  child.stdin.write('now')
  expect(await slow).toBe('after the signal')
  expect(await ended).toEqual([0, null])
})

test('so it is over HTTP/2', async () => {
  const { child, port, says } = await start()
  const session = connectHttp2(`http://127.0.0.1:${port}`)
  const stream = session.request({ ':path': '/slow' })
  let text = ''
  stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  const answered = once(stream, 'end')
  expect(await says()).toBe('asked')
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  child.stdin.write('now')
  await answered
  expect(text).toBe('after the signal')
  expect(await ended).toEqual([0, null])
})

test('a kept connection is never closed for its silence: a proxy may be sending on it', async () => {
  expect((await start()).timeouts).toMatch(/^0(,0)*$/)
})
