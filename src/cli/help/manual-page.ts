/** Manual pages in the manner of man(7), from the command table. */
import type { CommandRow } from '../cli-context.ts'
import { optionsOf } from '../command-words.ts'

const width = 80

/** Text in lines of at most `width` columns behind the indentation. */
const wrap = (text: string, indent: number): readonly string[] => {
  const margin = ' '.repeat(indent)
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(margin + word)
  }
  return lines
}

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [title, ...lines, '']

const exitStatus: readonly string[] = [
  '0     done',
  '1     failed, or the answer is no: a finding, a host that lacks something',
  '2     wrong usage: an unknown word or option, a file that cannot be read',
  '130   interrupted',
]

/** `[-f|--follow] [--tail LINES]` */
const synopsisOf = (row: CommandRow): string => {
  const options = optionsOf(row).filter(({ names }) => !names.includes('--help') && !names.includes('--home'))
  const shown = options.map(
    ({ names, value }) => `[${names.join('|')}${value === undefined ? '' : ` ${value}`}]`,
  )
  return ['weft', row.name, ...shown, row.parameters ?? ''].join(' ').trimEnd()
}

const paragraphs = (texts: readonly string[]): readonly string[] =>
  texts.flatMap((text, index) => [...(index === 0 ? [] : ['']), ...wrap(text, 7)])

/** The page of one command. */
export const manualPage = (row: CommandRow): string => {
  const options = optionsOf(row).flatMap(({ names, value, description }) => [
    `       ${names.join(', ')}${value === undefined ? '' : ` ${value}`}`,
    ...wrap(description, 14),
  ])
  const title = `WEFT-${row.name.toUpperCase().replace(' ', '-')}(1)`
  const lines = [
    `${title.padEnd(width - title.length - 12)}Weft Manual`,
    '',
    ...section('NAME', wrap(`weft ${row.name} - ${row.description}`, 7)),
    ...section('SYNOPSIS', wrap(synopsisOf(row), 7)),
    ...section('DESCRIPTION', paragraphs(row.details ?? [])),
    ...section('OPTIONS', options),
    ...section(
      'EXAMPLES',
      row.examples.map((example) => `       ${example}`),
    ),
    ...section(
      'EXIT STATUS',
      exitStatus.map((line) => `       ${line}`),
    ),
  ]
  return `${lines.join('\n').trimEnd()}\n`
}

/** The list of commands, and where the pages are. */
export const manualIndex = (commands: readonly CommandRow[]): string => {
  const shown = commands.filter(({ isHidden }) => isHidden !== true)
  const column = Math.max(...shown.map(({ name }) => name.length)) + 3
  const rows = shown.map(({ name, description }) => `       ${name.padEnd(column)}${description}`)
  const lines = [
    ...section('NAME', ['       weft - a service mesh with the Istio API, stock Envoy as data plane']),
    ...section('SYNOPSIS', ['       weft COMMAND [options]', '       weft help COMMAND']),
    ...section('COMMANDS', rows),
    ...section(
      'EXIT STATUS',
      exitStatus.map((line) => `       ${line}`),
    ),
    ...section('FILES', [
      '       ~/.weft   everything that an instance keeps; --home DIR or $WEFT_HOME names another',
    ]),
  ]
  return `${lines.join('\n').trimEnd()}\n`
}
