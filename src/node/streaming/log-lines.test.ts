import { appendFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fc, test as property } from '@fast-check/vitest'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parseLogOptions } from './container-logs.ts'
import { openRotatingLog } from '../pods/rotating-log.ts'
import { rotatedLogs } from '../rotated-logs.ts'
import { readLog } from './log-file.ts'
import { createLineSplitter, createLogFormatter, parseLogLine } from './log-lines.ts'

const format = (text: string, selection: Parameters<typeof createLogFormatter>[0]): string => {
  const formatLine = createLogFormatter(selection)
  return createLineSplitter()(Buffer.from(text))
    .map((raw) => {
      const line = parseLogLine(raw)
      return line === undefined ? '' : String(formatLine(line) ?? '')
    })
    .join('')
}

describe('lines of a log', () => {
  test('are put together from their parts, per stream', () => {
    const log = [
      '2026-01-01T00:00:00.000000001Z stdout P one ',
      '2026-01-01T00:00:01.000000000Z stdout F two',
      '2026-01-01T00:00:02.000000000Z stderr F  spaces  kept ',
      '2026-01-01T00:00:03.000000000Z stdout F ',
      'garbage',
      '',
    ].join('\n')
    expect(format(log, { timestamps: false })).toBe('one two\n spaces  kept \n\n')
    expect(format(log, { timestamps: true })).toBe(
      '2026-01-01T00:00:00.000000001Z one two\n' +
        '2026-01-01T00:00:02.000000000Z  spaces  kept \n2026-01-01T00:00:03.000000000Z \n',
    )
    expect(format(log, { timestamps: false, since: Date.parse('2026-01-01T00:00:02Z') })).toBe(
      ' spaces  kept \n\n',
    )
  })

  test('do not depend on how the file was cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z ]{0,20}$/)),
        fc.integer({ min: 1, max: 30 }),
        (lines, size) => {
          const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''))
          const split = createLineSplitter()
          const found: string[] = []
          for (let start = 0; start < bytes.length; start += size) {
            found.push(...split(bytes.subarray(start, start + size)).map(String))
          }
          expect(found).toEqual(lines)
        },
      ),
    )
  })
})

describe('the options of a log', () => {
  const now = Date.parse('2026-01-01T00:01:00Z')
  test.each([
    ['', { follow: false, previous: false, timestamps: false }],
    [
      'follow=true&previous=true&timestamps=true&tailLines=0&limitBytes=1',
      { follow: true, previous: true, timestamps: true, tailLines: 0, limitBytes: 1 },
    ],
    ['sinceSeconds=60', { follow: false, previous: false, timestamps: false, since: now - 60_000 }],
    [
      'sinceTime=2026-01-01T00:00:00Z',
      { follow: false, previous: false, timestamps: false, since: now - 60_000 },
    ],
  ])('%s', (query, expected) => {
    expect(parseLogOptions(new URLSearchParams(query), now)).toEqual({ ok: true, value: expected })
  })

  test.each([
    ['tailLines=-1', 'tailLines: Invalid value: "-1"'],
    ['limitBytes=0', 'limitBytes: Invalid value: "0"'],
    ['sinceSeconds=x', 'sinceSeconds: Invalid value: "x"'],
    ['sinceTime=yesterday', 'sinceTime: Invalid value: "yesterday"'],
    ['sinceTime=2026-01-01T00:00:00Z&sinceSeconds=1', 'at most one of `sinceTime` or `sinceSeconds`'],
  ])('%s is refused', (query, message) => {
    expect(parseLogOptions(new URLSearchParams(query), now)).toMatchObject({
      ok: false,
      error: expect.stringContaining(message) as string,
    })
  })
})

describe('the files of a log', () => {
  let directory: string
  let path: string
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'weft-log-'))
    path = join(directory, '0.log')
  })
  afterEach(() => rm(directory, { recursive: true }))

  const read = async (
    options: Parameters<typeof readLog>[1],
    isRunning = (): boolean => false,
  ): Promise<string> => {
    let text = ''
    for await (const bytes of readLog({ path, isRunning }, options, new AbortController().signal)) {
      text += bytes.toString()
    }
    return text
  }

  test('the last lines, for every count and over block borders', async () => {
    const lines = Array.from({ length: 3000 }, (_, index) => `${index} ${'x'.repeat(index % 90)}\n`)
    await writeFile(path, lines.join(''))
    for (const count of [0, 1, 2, 1500, 2999, 3000, 3001]) {
      expect(
        (await read({ follow: false, tailLines: count })) ===
          lines.slice(lines.length - Math.min(count, 3000)).join(''),
      ).toBe(true)
    }
  })

  test('the last lines reach back into rotated files', async () => {
    const older = join(directory, '0.log.1')
    await writeFile(older, 'a\nb\n')
    await writeFile(path, 'c\nd\n')
    expect(await read({ follow: false, tailLines: 3 })).toBe('b\nc\nd\n')
    expect(await read({ follow: false, tailLines: 2 })).toBe('c\nd\n')
    expect(await read({ follow: false })).toBe('a\nb\nc\nd\n')
    expect(await read({ follow: true, tailLines: 3 })).toBe('b\nc\nd\n')
  })

  test('a log that is not there yet is waited for, and rotation loses nothing', async () => {
    let running = true
    const text = read({ follow: true }, () => running)
    await writeFile(path, 'first\n')
    await new Promise((resolve) => setTimeout(resolve, 300))
    await appendFile(path, 'second\n')
    await rename(path, join(directory, '0.log.1'))
    await writeFile(path, 'third\n')
    running = false
    expect(await text).toBe('first\nsecond\nthird\n')
  })

  property.prop([fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 60 }), fc.boolean()], {
    numRuns: 15,
  })(
    'a reader that keeps up loses no line, however often the log is rotated meanwhile',
    async (sizes, late) => {
      const own = join(directory, `${Math.random()}.log`)
      let running = true
      const log = openRotatingLog(own, { fileBytes: 500, files: 200 })
      const lines = sizes.map((size, index) => `${index} ${'x'.repeat(size)}\n`)
      const collect = async (): Promise<string> => {
        let text = ''
        const source = { path: own, isRunning: () => running }
        for await (const bytes of readLog(source, { follow: true }, new AbortController().signal))
          text += bytes.toString()
        return text
      }
      let text = late ? undefined : collect()
      for (const [index, line] of lines.entries()) {
        log.write(Buffer.from(line))
        if (index % 5 === 0) await new Promise((resolve) => setImmediate(resolve))
        if (late && index === Math.floor(lines.length / 2)) text = collect()
      }
      log.close()
      running = false
      expect(await text).toBe(lines.join(''))
    },
  )

  test('the oldest files go; numbers go on over a restart of the node', async () => {
    const write = (texts: readonly string[]): void => {
      const log = openRotatingLog(path, { fileBytes: 10, files: 3 })
      for (const text of texts) log.write(Buffer.from(text))
      log.close()
    }
    write(['0 is long\n', '1 is long\n', '2 is long\n'])
    expect(await read({ follow: false })).toBe('0 is long\n1 is long\n2 is long\n')
    write(['3 is long\n', '4 short'])
    expect(rotatedLogs(path).map(({ number }) => number)).toEqual([3, 4])
    expect(await read({ follow: false })).toBe('2 is long\n3 is long\n4 short')
    expect(await read({ follow: false, tailLines: 1 })).toBe('3 is long\n4 short')
  })
})
