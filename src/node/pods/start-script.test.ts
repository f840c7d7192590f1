import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { fc, test as property } from '@fast-check/vitest'
import { fstabField, shellWords } from './shell-text.ts'
import { fstabText, identityCommand, initScript, startScript, type ProgramSpec } from './start-script.ts'
import type { RootPlan } from './root-plan.ts'

const plan: RootPlan = {
  directories: ['/.old', '/tmp', '/var/tmp', '/a b'],
  links: new Map([
    ['/etc/passwd', '/etc.host/passwd'],
    ['/bin', 'usr/bin'],
  ]),
  files: ['/dev/null'],
  mounts: [{ source: '/my volumes/x', target: '/data', type: 'none', options: 'rbind' }],
}

const program: ProgramSpec = {
  argv: ['echo', "it's", '$HOME', '`x`'],
  env: { A: 'b c', PATH: '/bin' },
  workdir: '/some dir',
  identity: { noNewPrivileges: false },
  stdin: 'none',
  tty: false,
  readOnlyRoot: false,
  title: 'default/web/app',
}

const files = { run: '/run/x y', pid: '/home/p', exit: '/home/e', joins: ['/sys/fs/cgroup/a b/cgroup.procs'] }

const parses = (script: string): string => spawnSync('sh', ['-n'], { input: script }).stderr.toString()

describe('scripts', () => {
  test('are valid shell whatever names there are', () => {
    expect(parses(startScript(plan, files, program))).toBe('')
    expect(parses(initScript({ ...program, readOnlyRoot: true }))).toBe('')
  })

  test("keep the shell's words about a signal out of the container's log", () => {
    const script = initScript({ ...program, argv: ['sh', '-c', 'echo last; kill -TERM $$'] })
    const [line] = script.split('\n').filter((each) => each.includes('>&6 2>&7'))
    const ran = spawnSync('sh', ['-c', `exec 6>&1 7>&2 3</dev/null >/dev/null 2>&1\n${line}\necho $? >&6`])
    expect([ran.stdout.toString(), ran.stderr.toString()]).toEqual(['last\n143\n', ''])
  })

  test('make links of one directory in one call', () => {
    expect(startScript(plan, files, program)).toContain(
      'ln -s -t etc -- /etc.host/passwd\nln -s -- usr/bin bin\n',
    )
  })

  test('a standard input only when wanted', () => {
    expect(startScript(plan, files, program)).toContain('exec 3</dev/null')
    expect(startScript(plan, files, { ...program, stdin: 'open' })).toContain('exec 3<>in')
    expect(startScript(plan, files, { ...program, stdin: 'once' })).toContain('exec 9<>in 3<in')
  })

  test('an input that ends once: it waits for its first writer, and ends with that one', async () => {
    const [line] = initScript({ ...program, argv: ['cat'], stdin: 'once' })
      .split('\n')
      .filter((each) => each.includes('>&6 2>&7'))
    const script = `cd "$(mktemp -d)" && mkfifo in && exec 9<>in 3<in 9>&- 6>&1 7>&2
      (sleep 0.2; echo first >in; sleep 100 <&- >&- 2>&-) & writer=$!
      cd / ${'&&'} ${line}
      kill $writer`
    const ran = spawnSync('sh', ['-c', script], { timeout: 20_000 })
    expect([ran.stdout.toString(), ran.stderr.toString()]).toEqual(['first\n', ''])
  })

  test('a terminal: its sizes come instead of errors', () => {
    const scripts = [
      startScript(plan, files, { ...program, tty: true }),
      initScript({ ...program, tty: true }),
    ]
    expect(scripts.map(parses)).toEqual(['', ''])
    expect(scripts[0]).toContain('7<>size')
    expect(scripts[1]).toContain('/dev/pts/ptmx /usr/bin/setsid -c env -i')
  })

  test('the root becomes read-only only when wanted', () => {
    expect(initScript(program)).not.toContain('remount')
    expect(initScript({ ...program, readOnlyRoot: true })).toContain('mount -o remount,bind,ro /')
  })

  test('mounts with blanks', () => {
    expect(fstabText(plan, '/run/r', () => ['nodev'])).toBe('/my\\040volumes/x /run/r/data none rbind 0 0\n')
    const mounts = plan.mounts.map((mount) => ({ ...mount, options: 'rbind,ro' }))
    expect(fstabText({ ...plan, mounts }, '/run/r', () => ['nosuid', 'nodev'])).toBe(
      '/my\\040volumes/x /run/r/data none rbind,ro,nosuid,nodev 0 0\n',
    )
    expect(fstabField('a\tb\\c\nd')).toBe('a\\011b\\134c\\012d')
  })
})

test.each([
  [{ noNewPrivileges: false }, []],
  [
    { uid: 1000, gid: 0, groups: [], noNewPrivileges: false },
    ['setpriv', '--reuid', '1000', '--regid', '0', '--clear-groups', '--'],
  ],
  [
    { uid: 1, gid: 2, groups: [3, 4], noNewPrivileges: true },
    ['setpriv', '--reuid', '1', '--regid', '2', '--groups', '3,4', '--no-new-privs', '--'],
  ],
  [
    { capabilities: ['chown'], noNewPrivileges: false },
    ['setpriv', '--inh-caps', '-all', '--bounding-set', '-all,+chown', '--'],
  ],
])('identity %o', (identity, expected) => {
  expect(identityCommand(identity)).toEqual(expected)
})

property.prop(
  [
    fc.array(
      fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0')),
      { maxLength: 4 },
    ),
  ],
  { numRuns: 30 },
)('words reach a program as they are', (words) => {
  const script = `printf '%s\\0' ${shellWords(['', ...words])}`
  const { stdout } = spawnSync('sh', ['-c', script])
  expect(stdout.toString('utf8').split('\0').slice(1, -1)).toEqual(
    words.map((word) => Buffer.from(word, 'utf8').toString('utf8')),
  )
})
