import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { useServers } from '../servers-rig.conformance.ts'
import { createEchoApp, createTcpEchoApp, type EchoAppOptions } from './echo-app.ts'
import { createEchoserver, createHttpEcho, createTcpEchoServer } from './small-echoes.ts'
import { weightedCode } from '../http/weighted-code.ts'

const { listen, text } = useServers()
const options: EchoAppOptions = {
  version: 'v1',
  cluster: 'c1',
  namespace: '',
  hostname: 'echo-1',
  random: () => 0.5,
}

const overTcp = async (address: string, sent: string): Promise<string> => {
  const [host = '', port] = address.split(':')
  const socket = connect(Number(port), host)
  socket.write(sent)
  let got = ''
  while (!got.includes(sent.trim())) got += String((await once(socket, 'data'))[0])
  socket.destroy()
  return got
}

test('the echo of Istio’s tests tells the request field by field', async () => {
  const address = await listen(createEchoApp(8080, options).listener)
  const [code, body] = await text(`http://${address}/path?codes=503&headers=x:1`, {
    headers: { 'x-own': 'mine' },
  })
  expect(code).toBe(503)
  for (const line of [
    'ServiceVersion=v1',
    'ServicePort=8080',
    'Cluster=c1',
    'URL=/path?codes=503&headers=x:1',
    'Method=GET',
    'Proto=HTTP/1.1',
    'RequestHeader=X-Own:mine',
    'Hostname=echo-1',
    'StatusCode=503',
  ])
    expect(body.split('\n')).toContain(line)
  expect(body).not.toContain('Namespace=')
  const tcp = await overTcp(await listen(createTcpEchoApp(9090, options)), 'ping\n')
  expect(tcp).toMatch(/^StatusCode=200\nServiceVersion=v1\nServicePort=9090\n[^]*Hostname=echo-1\nping\n$/)
})

describe('small echoes', () => {
  test('http-echo', async () => {
    expect(await text(`http://${await listen(createHttpEcho('hi', 202))}/any`)).toEqual([202, 'hi\n'])
  })

  test('tcp-echo-server', async () => {
    expect(await overTcp(await listen(createTcpEchoServer('hello')), 'world\n')).toBe('hello world\n')
  })

  test('echoserver', async () => {
    const address = await listen(createEchoserver('pod-1'))
    const [, body] = await text(`http://${address}/a?b=c`, { method: 'POST', body: 'hello' })
    for (const line of ['Hostname: pod-1', '\tmethod=POST', '\treal path=/a?b=c', '\tquery=b=c', 'hello'])
      expect(body.split('\n')).toContain(line)
  })
})

test.each([
  ['503', 0.5, 503],
  ['500:90,200:10', 0.89, 500],
  ['500:90,200:10', 0.91, 200],
  ['500:0,200:1', 0, 200],
  ['x', 0.5, undefined],
  ['99', 0.5, undefined],
  ['', 0.5, undefined],
])('%j at %f is %s', (written, random, expected) => {
  expect(weightedCode(written, () => random)).toBe(expected)
})
