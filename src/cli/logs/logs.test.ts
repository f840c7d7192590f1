import { appendFile, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { CliContext } from '../cli-context.ts'
import type { InstancePort } from '../instance-port.ts'
import { runCli } from '../main.ts'
import { createLogReader, formatLogLine, mergeLogs } from './log-line.ts'

const line = (second: number, message: string, fields: object = {}): string =>
  JSON.stringify({ time: `2026-11-28T10:00:0${second}.000Z`, part: 'x', message, ...fields })

describe('log lines', () => {
  test('show their fields as words', () => {
    const read = createLogReader('server')
    const shown = formatLogLine(read(line(1, 'listening', { port: 6443, why: 'a "b"', deep: { a: 1 } })))
    expect(shown).toBe(
      '2026-11-28T10:00:01.000Z server     listening port=6443 why="a \\"b\\"" deep="{\\"a\\":1}"\n',
    )
  })

  test('a stack stays with the line before it when parts are merged', () => {
    const [server, node] = [createLogReader('server'), createLogReader('node')]
    const merged = mergeLogs([
      [line(1, 'a'), 'Error: broken', '    at x', line(3, 'c')].map(server),
      [line(2, 'b')].map(node),
    ])
    expect(merged.map(({ text }) => text)).toEqual(['a', 'Error: broken', '    at x', 'b', 'c'])
  })
})

describe('weft logs', () => {
  let directory = ''
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'weft-logs-'))
    await writeFile(join(directory, 'server.log'), `${line(1, 'one')}\n${line(3, 'three')}\n`)
    await writeFile(join(directory, 'node.log'), `${line(2, 'two')}\n`)
  })
  afterEach(() => rm(directory, { recursive: true }))

  const written = { out: '', err: '' }
  const run = (argv: readonly string[], signal = new AbortController().signal): Promise<number> => {
    written.out = ''
    written.err = ''
    const context: CliContext = {
      instance: { logDirectory: directory } as InstancePort,
      version: '0',
      workingDirectory: directory,
      out: (text) => void (written.out += text),
      err: (text) => void (written.err += text),
      signal,
    }
    return runCli(['logs', ...argv], context)
  }
  const messages = (): readonly string[] =>
    written.out
      .trimEnd()
      .split('\n')
      .map((one) => one.split(' ').at(-1) ?? '')

  test('shows all parts in the order of time, or one, or the last lines', async () => {
    expect(await run([])).toBe(0)
    expect(messages()).toEqual(['one', 'two', 'three'])
    await run(['server', '--tail', '1'])
    expect(messages()).toEqual(['three'])
    await run(['--since', '1s'])
    expect(written.out).toBe('')
  })

  test.each([
    [['nothing'], 'the parts are supervisor, server, node'],
    [['--tail', 'x'], '--tail x: write a number of lines'],
    [['--since', 'yesterday'], '--since yesterday: write a duration'],
  ])('%j is wrong usage', async (argv, message) => {
    expect(await run(argv)).toBe(2)
    expect(written.err).toContain(message)
  })

  test('says so when there is nothing yet', async () => {
    await rm(join(directory, 'node.log'))
    expect(await run(['node'])).toBe(1)
    expect(written.err).toContain('weft up')
  })

  test('follows, also a file that begins anew', async () => {
    const stop = new AbortController()
    const code = run(['server', '-f', '--tail', '1'], stop.signal)
    await vi.waitFor(() => expect(messages()).toEqual(['three']))
    await appendFile(join(directory, 'server.log'), `${line(4, 'four')}\n${line(5, 'fi').slice(0, -2)}`)
    await vi.waitFor(() => expect(messages()).toEqual(['three', 'four']))
    await appendFile(join(directory, 'server.log'), 've"}\n')
    await vi.waitFor(() => expect(messages()).toEqual(['three', 'four', 'five']))
    await truncate(join(directory, 'server.log'))
    await new Promise((resolve) => setTimeout(resolve, 500))
    await appendFile(join(directory, 'server.log'), `${line(6, 'six')}\n`)
    await vi.waitFor(() => expect(messages()).toEqual(['three', 'four', 'five', 'six']))
    stop.abort()
    expect(await code).toBe(0)
  })
})
