import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { executableCheck, startErrorIn } from './executable-check.ts'

const path = '/usr/bin:/bin'
const words = 'unable to start container process: error during container init: exec: '

test.each([
  ['sh', undefined],
  ['/bin/sh', undefined],
  ['no such $program', `${words}"no such $program": executable file not found in $PATH`],
  ['', `${words}"": executable file not found in $PATH`],
  ["/no/it's", `${words}"/no/it's": stat /no/it's: no such file or directory`],
  ['/etc/passwd', `${words}"/etc/passwd": permission denied`],
  ['/etc', `${words}"/etc": permission denied`],
])('%s: %s', (word, expected) => {
  const ran = spawnSync('sh', ['-eu', '-c', `${executableCheck(word, path)}echo it runs`])
  expect(startErrorIn(`a warning of somebody\n${ran.stderr.toString()}`)).toBe(expected)
  expect(ran.stdout.toString()).toBe(expected === undefined ? 'it runs\n' : '')
})
