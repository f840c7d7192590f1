import { expect, test } from 'vitest'
import { protocolOfPort } from './port-protocol.ts'

test.each([
  ['http', undefined, 'http'],
  ['http-web', undefined, 'http'],
  ['HTTP2-x', undefined, 'http2'],
  ['grpc', undefined, 'grpc'],
  ['grpc-web-ui', undefined, 'grpc-web'],
  ['tcp-db', undefined, 'tcp'],
  ['https', undefined, 'https'],
  ['web', undefined, 'auto'],
  ['', undefined, 'auto'],
  ['constructor', undefined, 'auto'],
  ['tcp', 'http', 'http'],
  ['tcp', 'kubernetes.io/h2c', 'http2'],
  ['tcp', 'kubernetes.io/wss', 'https'],
  ['http', 'example.com/custom', 'auto'],
])('name %s, appProtocol %s: %s', (name, appProtocol, protocol) => {
  const port = { number: 8080, name, transport: 'TCP' }
  expect(protocolOfPort(appProtocol === undefined ? port : { ...port, appProtocol })).toBe(protocol)
})

test('ports whose server speaks first are never looked at', () => {
  expect(protocolOfPort({ number: 3306, name: 'db', transport: 'TCP' })).toBe('tcp')
  expect(protocolOfPort({ number: 3306, name: 'http', transport: 'TCP' })).toBe('http')
})

test('UDP is UDP whatever its name', () => {
  expect(protocolOfPort({ number: 53, name: 'http', transport: 'UDP' })).toBe('udp')
})
