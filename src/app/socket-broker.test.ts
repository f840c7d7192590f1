import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import {
  bindInheritable,
  connectHostSockets,
  createSocketBroker,
  type BrokerRequest,
} from './socket-broker.ts'

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

const ask = (address: string, port: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, address)
    let text = ''
    socket.on('data', (chunk) => (text += chunk.toString()))
    socket.on('close', () => resolve(text))
    socket.on('error', reject)
  })

/** A server in a process of its own, that answers with its name on the socket that the broker sends it. */
const serve = async (name: string, port: number, broker: ReturnType<typeof createSocketBroker>) => {
  const script = `
    process.on('message', (message, handle) => {
      require('node:net').createServer((socket) => socket.end('${name}')).listen(handle, () => process.send('listening'))
    })`
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const { reply, socket } = broker.handle({ type: 'open', id: 1, address: '127.0.0.1', port })
  child.send(reply, socket as Parameters<typeof child.send>[1])
  await once(child, 'message')
  return child
}

describe('socket broker', () => {
  test('a connection made while the server is dead is answered by its successor', async () => {
    const broker = createSocketBroker()
    const port = await freePort()
    const first = await serve('first', port, broker)
    expect(await ask('127.0.0.1', port)).toBe('first')
    first.kill('SIGKILL')
    await once(first, 'exit')
    const waiting = ask('127.0.0.1', port)
    const second = await serve('second', port, broker)
    expect(await waiting).toBe('second')
    second.kill('SIGKILL')
    await once(second, 'exit')
    broker.closeAll()
    await expect(ask('127.0.0.1', port)).rejects.toThrow('ECONNREFUSED')
  })

  test('an inherited socket outlives the broker: the next one serves what waits on it', async () => {
    const port = await freePort()
    const held = bindInheritable('127.0.0.1', port)
    // Keeps the socket as the instance's init does.
    const keeper = spawn('sleep', ['60'], { stdio: ['ignore', 'ignore', 'ignore', held.fd] })
    const broker = createSocketBroker({ address: '127.0.0.1', port, fd: held.fd })
    const first = await serve('first', port, broker)
    expect(await ask('127.0.0.1', port)).toBe('first')
    first.kill('SIGKILL')
    await once(first, 'exit')
    const waiting = ask('127.0.0.1', port)
    const second = await serve('second', port, broker)
    expect(await waiting).toBe('second')
    second.kill('SIGKILL')
    await once(second, 'exit')
    broker.closeAll()
    const connected = connect(port, '127.0.0.1')
    await once(connected, 'connect')
    connected.destroy()
    keeper.kill('SIGKILL')
    await once(keeper, 'exit')
    await expect(ask('127.0.0.1', port)).rejects.toThrow('ECONNREFUSED')
  })

  test('a descriptor that is not the socket is not taken for it', async () => {
    const port = await freePort()
    const fd = openSync('/dev/null', 'r')
    const broker = createSocketBroker({ address: '127.0.0.1', port, fd })
    const child = await serve('bound', port, broker)
    expect(await ask('127.0.0.1', port)).toBe('bound')
    child.kill('SIGKILL')
    await once(child, 'exit')
    broker.closeAll()
    closeSync(fd)
  })

  test('an address in use is not bound for a child', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    expect(() => bindInheritable('127.0.0.1', port)).toThrow('is in use on this host')
    other.close()
  })

  const inProcess = (broker: ReturnType<typeof createSocketBroker>) => {
    let listener: (message: unknown, handle: unknown) => void = () => undefined
    return connectHostSockets({
      send: (request: BrokerRequest) => {
        const { reply, socket } = broker.handle(request)
        setImmediate(() => listener(reply, socket))
      },
      onMessage: (given) => (listener = given),
    })
  }

  test('a port that another program holds is an error that names it', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const sockets = inProcess(createSocketBroker())
    await expect(sockets.open('127.0.0.1', port)).rejects.toMatchObject({ code: 'host-port-in-use' })
    other.close()
  })

  test('an opened socket serves, a closed one is free again', async () => {
    const sockets = inProcess(createSocketBroker())
    const port = await freePort()
    const server = await sockets.open('127.0.0.1', port)
    server.on('connection', (socket) => socket.end('here'))
    expect(await ask('127.0.0.1', port)).toBe('here')
    server.close()
    await sockets.close('127.0.0.1', port)
    await expect(ask('127.0.0.1', port)).rejects.toThrow('ECONNREFUSED')
  })
})
