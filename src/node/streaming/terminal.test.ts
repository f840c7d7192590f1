import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { onTerminal } from './terminal.ts'

const onNewTerminal = async (
  script: string,
): Promise<{ readonly code: unknown; readonly output: string }> => {
  const { file, args } = onTerminal(
    { file: '/usr/bin/setsid', args: ['-c', '/bin/sh', '-c', script] },
    '/usr/bin/python3',
  )
  // Standard input stays open: its end would be typed as an end of file.
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit', 'pipe'] })
  let output = ''
  child.stdout?.on('data', (bytes: Buffer) => (output += bytes.toString()))
  const [code]: unknown[] = await once(child, 'close')
  return { code, output }
}

test('the command has a terminal with a name, and leads its session', async () => {
  const { output } = await onNewTerminal('tty; test "$(ps -o sid= -p $$)" -eq $$ && echo leader')
  expect(output).toMatch(/^\/dev\/pts\/\d+\r\nleader\r\n$/)
})

test('a shell with job control gives the terminal back, and its exit code', async () => {
  const { code, output } = await onNewTerminal("sh -i -c 'true; exit 3'")
  expect({ code, output }).toEqual({ code: 3, output: '' })
})

test('the exit code is the command’s, 128 and its number for a signal', async () => {
  expect(await onNewTerminal('exit 7')).toEqual({ code: 7, output: '' })
  expect(await onNewTerminal('kill -9 $$')).toMatchObject({ code: 137 })
})
