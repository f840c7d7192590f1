import { fc, test as property } from '@fast-check/vitest'
import { createServer } from 'node:http'
import { describe, expect, test } from 'vitest'
import { ask } from '../http/ask.ts'
import { useServers } from '../servers-rig.conformance.ts'
import { parseFlags, type Flags } from './flags.ts'
import { chooseWeighted, createFortioServer } from './fortio-server.ts'
import { formatG, formatGoDuration, parseGoDuration } from './go-format.ts'
import { createHistogram, histogramLines } from './histogram.ts'
import { load } from './load-command.ts'
import { dueAt, planLoad } from './load-plan.ts'

const { listen, text } = useServers()

const flagsOf = (...words: string[]): Flags => {
  const flags = parseFlags(words)
  if (!flags.ok) throw new Error(flags.error)
  return flags.value
}

describe('Go’s formats', () => {
  test.each([
    [200, 17, '200'],
    [0.1, 17, '0.1'],
    [1e21, 17, '1e+21'],
    [0.000012345, 17, '1.2345e-05'],
    [0.00123456789, 6, '0.00123457'],
    [1234567, 6, '1.23457e+06'],
    [99.9, 6, '99.9'],
    [0, 8, '0'],
  ])('%f with %i digits is %s', (value, digits, expected) => {
    expect(formatG(value, digits)).toBe(expected)
  })

  test.each([
    ['5m', 300, '5m0s'],
    ['1h2m3.5s', 3723.5, '1h2m3.5s'],
    ['250ms', 0.25, '250ms'],
    ['0', 0, '0s'],
    ['-1s', -1, '-1s'],
    ['10us', 0.000_01, '10µs'],
  ])('%s is %f seconds', (written, seconds, printed) => {
    expect(parseGoDuration(written)).toBeCloseTo(seconds, 9)
    expect(formatGoDuration(seconds)).toBe(printed)
  })

  test.each(['', '5', 'm', '5 m', '1d'])('%j is no duration', (written) => {
    expect(parseGoDuration(written)).toBeUndefined()
  })
})

describe('the command line', () => {
  test('takes the flags of walkthroughs and tasks', () => {
    const flags = flagsOf(
      '-allow-initial-errors',
      '-qps=200',
      '-t=5m',
      '-H',
      'a: 1',
      '-H=b:2',
      '--c',
      '3',
      'http://app-1/',
    )
    expect(flags.bool('allow-initial-errors')).toBe(true)
    expect([flags.number('qps'), flags.number('t'), flags.number('c')]).toEqual([200, 300, 3])
    expect([flags.list('H'), flags.rest]).toEqual([['a: 1', 'b:2'], ['http://app-1/']])
  })

  test.each([
    [['-nothing'], 'flag provided but not defined: -nothing'],
    [['-qps'], 'flag needs an argument: -qps'],
    [['-qps', 'x'], 'invalid value "x" for flag -qps: parse error'],
    [['-t=5'], 'invalid value "5" for flag -t: parse error'],
    [['-grpc'], "flag -grpc is not carried out by Weft's stand-in for fortio"],
  ])('%j is refused', (words, error) => {
    expect(parseFlags(words)).toEqual({ ok: false, error })
  })
})

describe('the plan', () => {
  test.each([
    [
      { qps: 200, threads: 4, duration: 300, exactly: 0 },
      { threads: 4, calls: 15_000, leftOver: 0 },
    ],
    [
      { qps: 0, threads: 3, duration: 5, exactly: 20 },
      { threads: 3, calls: 6, leftOver: 2 },
    ],
    [
      { qps: 8, threads: 4, duration: 5, exactly: 5 },
      { threads: 2, calls: 2, leftOver: 1 },
    ],
    [
      { qps: 1, threads: 4, duration: 1, exactly: 0 },
      { threads: 1, calls: 2, leftOver: 0 },
    ],
    [
      { qps: 0, threads: 4, duration: 5, exactly: 0 },
      { threads: 4, calls: undefined, leftOver: 0 },
    ],
  ])('of %j', (request, expected) => {
    expect(planLoad(request)).toMatchObject(expected)
  })

  test('the last call falls on the end', () => {
    expect(dueAt(1, 1, { calls: 2, hasDuration: true })).toBe(2)
    expect(dueAt(3, 2, { calls: 8, hasDuration: false })).toBe(1.5)
  })
})

describe('histograms', () => {
  test('look like fortio’s', () => {
    const histogram = createHistogram(0, 0.001)
    for (const value of [0.0005, 0.0015, 0.0016, 0.2]) histogram.record(value)
    expect(histogramLines('Times', histogram.export([50, 99.9]))).toEqual([
      'Times : count 4 avg 0.0509 +/- 0.08608 min 0.0005 max 0.2 sum 0.2036',
      '# range, mid point, percentile, count',
      '>= 0.0005 <= 0.001 , 0.00075 , 25.00, 1',
      '> 0.001 <= 0.002 , 0.0015 , 75.00, 2',
      '> 0.18 <= 0.2 , 0.19 , 100.00, 1',
      '# target 50% 0.0015',
      '# target 99.9% 0.19992',
    ])
    expect(histogramLines('None', createHistogram(0, 1).export([50]))).toEqual(['None : no data'])
  })

  property.prop([fc.array(fc.integer({ min: 0, max: 200_000_000 }), { minLength: 1, maxLength: 60 })])(
    'percentiles rise, lie within the data, and the buckets hold all of it',
    (values) => {
      const histogram = createHistogram(0, 0.001)
      for (const microseconds of values) histogram.record(microseconds / 1e6)
      const data = histogram.export([10, 50, 90, 99])
      const found = data.Percentiles?.map(({ Value }) => Value) ?? []
      expect(found).toEqual(found.toSorted((left, right) => left - right))
      for (const value of found) {
        expect(value).toBeGreaterThanOrEqual(data.Min - 1e-9)
        expect(value).toBeLessThanOrEqual(data.Max + 1e-9)
      }
      expect(data.Data?.reduce((sum, { Count }) => sum + Count, 0)).toBe(values.length)
      expect(data.Data?.at(-1)?.Percent).toBe(100)
    },
  )
})

describe('fortio load', () => {
  const runLoad = async (...words: string[]) => {
    const lines: string[] = []
    let json = ''
    const output = { out: (part: string) => void (json += part), err: (line: string) => lines.push(line) }
    const code = await load(flagsOf(...words), output, new AbortController().signal)
    return { code, lines, json }
  }

  test('exactly as many calls as asked for, with its report and its JSON', async () => {
    let asked = 0
    const address = await listen(
      createServer((request, response) => {
        asked += 1
        response.statusCode = asked % 5 === 0 ? 503 : 200
        response.end(String(request.headers['x-own']))
      }),
    )
    const { code, lines, json } = await runLoad(
      ...[
        '-c',
        '2',
        '-qps',
        '0',
        '-n',
        '20',
        '-H',
        'x-own: mine',
        '-json',
        '-',
        '-log-errors=false',
        address,
      ],
    )
    expect([code, asked]).toEqual([0, 20])
    expect(lines[0]).toMatch(
      /^Fortio [\d.]+ running at 0 queries per second, 1->1 procs, for 20 calls: http:/,
    )
    expect(lines).toContain(
      'Starting at max qps with 2 thread(s) [gomax 1] for exactly 20 calls (10 per thread + 0)',
    )
    expect(lines).toEqual(expect.arrayContaining(['Code 200 : 16 (80.0 %)', 'Code 503 : 4 (20.0 %)']))
    expect(lines).toContain('Sockets used: 2 (for perfect keepalive, would be 2)')
    expect(lines.filter((line) => line.startsWith('# target 99.9%')).length).toBeGreaterThan(0)
    expect(lines.at(-2)).toMatch(/^All done 20 calls \(plus 0 warmup\) [\d.]+ ms avg, [\d.]+ qps$/)
    expect(JSON.parse(json)).toMatchObject({
      RetCodes: { 200: 16, 503: 4 },
      NumThreads: 2,
      DurationHistogram: { Count: 20 },
    })
  })

  test('a rate is kept: the calls of half a second at 20 a second', async () => {
    let asked = 0
    const address = await listen(createServer((_request, response) => response.end(String((asked += 1)))))
    const { code, lines } = await runLoad('-c=2', '-qps=20', '-t=500ms', address)
    expect([code, asked]).toEqual([0, 12])
    expect(lines).toContain(
      'Starting at 20 qps with 2 thread(s) [gomax 1] for 500ms : 5 calls each (total 10)',
    )
    expect(lines.at(-1)).toMatch(/^All done 10 calls \(plus 2 warmup\)/)
  })

  test('a warm-up that fails ends it, unless initial errors are allowed', async () => {
    const address = await listen(createServer((_request, response) => response.writeHead(503).end()))
    const refused = await runLoad('-c=1', '-t=100ms', address)
    expect(refused.code).toBe(1)
    expect(refused.lines.at(-1)).toMatch(/^Aborting because of error 503 for http:/)
    const allowed = await runLoad(
      '-c=1',
      '-qps=20',
      '-t=100ms',
      '-allow-initial-errors',
      '-log-errors=false',
      address,
    )
    expect(allowed.code).toBe(0)
    expect(allowed.lines).toContain('Code 503 : 2 (100.0 %)')
  })

  test('who is not there is code -1', async () => {
    const { lines } = await runLoad(
      '-c=1',
      '-qps=0',
      '-n=2',
      '-allow-initial-errors',
      '-log-errors=false',
      '127.0.0.1:2',
    )
    expect(lines).toContain('Code  -1 : 2 (100.0 %)')
  })
})

describe('fortio server', () => {
  const start = (random = 0.5): Promise<string> =>
    listen(createFortioServer({ debugPath: '/debug', hostname: 'fortio-1', random: () => random }).listener)

  test('echoes, with the status, size and headers that the query tells', async () => {
    const address = await start()
    expect(await text(`http://${address}/`, { method: 'POST', body: 'hello' })).toEqual([200, 'hello'])
    expect((await text(`http://${address}/?status=418`))[0]).toBe(418)
    expect((await text(`http://${address}/?size=12`))[1]).toBe('x'.repeat(12))
    expect((await ask(`http://${address}/?header=x-own:%20mine`)).headers['x-own']).toBe('mine')
    expect((await text(`http://${address}/?status=50x:10`))[0]).toBe(200)
    const [, debug] = await text(`http://${address}/debug?x=1`, { headers: { 'x-own': 'mine' } })
    expect(debug).toMatch(/echo debug server on fortio-1[^]*GET \/debug\?x=1 HTTP\/1\.1[^]*X-Own: mine/)
  })

  test.each([
    ['503', 0.9, { kind: 'value', value: '503' }],
    ['503:20,404:10', 0.19, { kind: 'value', value: '503' }],
    ['503:20,404:10', 0.29, { kind: 'value', value: '404' }],
    ['503:20,404:10', 0.3, { kind: 'none' }],
    ['503:20,404', 0.9, { kind: 'invalid' }],
  ])('%s with %f is %j', (written, random, expected) => {
    expect(chooseWeighted(written, () => random)).toEqual(expected)
  })
})
