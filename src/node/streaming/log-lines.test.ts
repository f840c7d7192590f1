import { appendFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parseLogOptions } from './container-logs.ts'
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
    rotated: readonly string[] = [],
    isRunning = (): boolean => false,
  ): Promise<string> => {
    let text = ''
    for await (const bytes of readLog({ path, rotated, isRunning }, options, new AbortController().signal)) {
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
    expect(await read({ follow: false, tailLines: 3 }, [older])).toBe('b\nc\nd\n')
    expect(await read({ follow: false, tailLines: 2 }, [older])).toBe('c\nd\n')
    expect(await read({ follow: false }, [older])).toBe('a\nb\nc\nd\n')
    expect(await read({ follow: true, tailLines: 3 }, [older])).toBe('b\nc\nd\n')
  })

  test('a log that is not there yet is waited for, and rotation loses nothing', async () => {
    let running = true
    const text = read({ follow: true }, [], () => running)
    await writeFile(path, 'first\n')
    await new Promise((resolve) => setTimeout(resolve, 300))
    await appendFile(path, 'second\n')
    await rename(path, join(directory, '0.log.1'))
    await writeFile(path, 'third\n')
    running = false
    expect(await text).toBe('first\nsecond\nthird\n')
  })
})
