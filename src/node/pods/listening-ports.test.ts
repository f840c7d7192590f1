import { createServer } from 'node:net'
import { fc, test as property } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import {
  awaitListening,
  declaredPorts,
  LONGEST_START,
  listeningPorts,
  portsListenedOn,
} from './listening-ports.ts'

const head =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode'
const hex = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0')
const line = (port: number, state: string, address = '00000000'): string =>
  `   0: ${address}:${hex(port)} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 123 1 0`

describe('listeningPorts', () => {
  test.each([
    ['nothing', '', []],
    ['a listener of every address', `${head}\n${line(8080, '0A')}\n`, [8080]],
    ['one of IPv6', `${head}\n${line(443, '0A', '0'.repeat(32))}\n`, [443]],
    ['connections that are no listeners', `${head}\n${line(8080, '01')}\n${line(8081, '06')}\n`, []],
    ['several', [head, line(80, '0A'), line(9090, '01'), line(65535, '0A')].join('\n'), [80, 65535]],
    ['what is no line of the table', 'x\n 0: zz:zz 0 0A\n 0: 00000000:1F9 0 0A', []],
  ])('%s', (_, text, ports) => {
    expect([...listeningPorts(text)]).toEqual(ports)
  })

  property.prop([fc.uniqueArray(fc.nat(65_535)), fc.uniqueArray(fc.nat(65_535))])(
    'gives just what is in state LISTEN',
    (listening, connected) => {
      const text = [
        ...connected.map((port) => line(port, '01')),
        ...listening.map((port) => line(port, '0A')),
      ].join('\n')
      expect(listeningPorts(text)).toEqual(new Set(listening))
    },
  )
})

test('the ports of a process: those of its network', async () => {
  const server = createServer()
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
  expect(await portsListenedOn(process.pid)).toContain(port)
  await new Promise((resolve) => server.close(resolve))
  expect(await portsListenedOn(process.pid)).not.toContain(port)
  expect(await portsListenedOn(4_194_305)).toEqual(new Set())
})

test('UDP is not waited for', () => {
  const ports = [{ containerPort: 80 }, { containerPort: 53, protocol: 'UDP' as const }]
  expect(declaredPorts({ ports })).toEqual([80])
  expect(declaredPorts({})).toEqual([])
})

/** Waits for 8080 and 9090, which are listened on from these moments on; gives when the wait was over. */
const waited = async (opened: Readonly<Record<number, number>>, abortAt = Infinity): Promise<number> => {
  let now = 0
  const stop = new AbortController()
  const clock = {
    now: () => now,
    sleep: async (time: number) => {
      now += time
      if (now >= abortAt) stop.abort()
    },
  }
  const listened = async (): Promise<ReadonlySet<number>> =>
    new Set(
      Object.keys(opened)
        .map(Number)
        .filter((port) => now >= (opened[port] ?? Infinity)),
    )
  await awaitListening([8080, 9090], listened, clock, stop.signal)
  return now
}

describe('awaitListening', () => {
  test('what listens already is not waited for', async () => {
    expect(await waited({ 8080: 0, 9090: 0 })).toBe(0)
  })

  test('every port has to be open, and is found soon after', async () => {
    const time = await waited({ 8080: 50, 9090: 1500 })
    expect(time).toBeGreaterThanOrEqual(1500)
    expect(time).toBeLessThanOrEqual(1600)
  })

  test('a port that nobody ever opens holds nothing back for ever', async () => {
    const time = await waited({ 8080: 50 })
    expect(time).toBeGreaterThanOrEqual(LONGEST_START)
    expect(time).toBeLessThanOrEqual(LONGEST_START + 100)
  })

  test('the end of the container ends the wait', async () => {
    expect(await waited({}, 300)).toBeLessThan(500)
  })
})
