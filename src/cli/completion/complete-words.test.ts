import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { commands } from '../command-table.ts'
import { completeWords } from './complete-words.ts'
import { shellScript, shells } from './shell-scripts.ts'

const wordsOf = (line: string): readonly string[] =>
  completeWords(commands, line.split(' ').slice(1)).candidates.map(({ word }) => word)
const sourceOf = (line: string) => completeWords(commands, line.split(' ').slice(1)).source

describe('completion', () => {
  test.each([
    ['weft ima', ['image']],
    ['weft image ', ['add', 'ls', 'rm']],
    ['weft image l', ['ls']],
    ['weft proxy-', ['proxy-status', 'proxy-config']],
    ['weft proxy-config r', ['routes']],
    ['weft status -o ', ['text', 'json']],
    ['weft analyze -o s', ['sarif']],
    ['weft analyze --fail-on w', ['warning']],
    ['weft down --p', ['--purge']],
    ['weft logs n', ['node']],
    ['weft logs server s', ['supervisor', 'server']],
    ['weft completion ', ['bash', 'zsh', 'fish']],
    ['weft help ima', ['image']],
    ['weft help image ', ['add', 'ls', 'rm']],
    ['weft nothing ', []],
    ['weft url ', []],
  ])('%j: %j', (line, expected) => {
    expect(wordsOf(line)).toEqual(expected)
  })

  test('is not for commands that are not for people', () => {
    expect(wordsOf('weft ')).toContain('completion')
    expect(wordsOf('weft ')).not.toContain('complete')
  })

  test.each([
    ['weft kube-inject -f ', 'files'],
    ['weft analyze ', 'files'],
    ['weft image rm ', 'images'],
    ['weft image add x --workdir ', 'directories'],
    ['weft image add x -- ', 'files'],
    ['weft proxy-config routes ', 'pods'],
    ['weft proxy-config -n ', 'namespaces'],
    ['weft explain-code ', 'codes'],
    ['weft demo ', 'demos'],
    ['weft up ', undefined],
  ])('%j asks for %s', (line, source) => {
    expect(sourceOf(line)).toBe(source)
  })
})

test.each(shells)('%s has a script that asks weft', (shell) => {
  expect(shellScript(shell)).toContain('complete --')
})

describe('in bash', () => {
  const complete = (line: string, answer: string): readonly string[] => {
    const directory = mkdtempSync(join(tmpdir(), 'weft-completion-'))
    try {
      const program = join(directory, 'weft')
      writeFileSync(program, `#!/bin/sh\nprintf '<%s>' "$*" >asked\nprintf '${answer}'\n`)
      chmodSync(program, 0o755)
      writeFileSync(join(directory, 'app.yaml'), '')
      // compopt works only inside of a completion that readline began.
      const script = `compopt() { :; }\n${shellScript('bash')}\nCOMP_LINE='${line}' COMP_POINT=${line.length}\n_weft\nprintf '%s\\n' "\${COMPREPLY[@]}"\ncat asked`
      const out = execFileSync('bash', ['-c', script], {
        cwd: directory,
        env: { PATH: `${directory}:${process.env['PATH']}` },
      })
      return out.toString().trimEnd().split('\n')
    } finally {
      rmSync(directory, { recursive: true })
    }
  }

  test('words come without their descriptions', () => {
    expect(complete('weft image ', 'add\\tLet a program\\nls\\tList\\n')).toEqual([
      'add',
      'ls',
      '<complete -- image >',
    ])
  })

  test('what stands before a colon is not written twice', () => {
    expect(complete('weft image rm myapp:1', 'myapp:1.0\\nmyapp:1.1\\n:images\\n')).toEqual([
      '1.0',
      '1.1',
      '<complete -- image rm myapp:1>',
    ])
  })

  test('files are the shell’s own', () => {
    expect(complete('weft analyze ap', ':files\\n')).toEqual(['app.yaml', '<complete -- analyze ap>'])
  })
})
