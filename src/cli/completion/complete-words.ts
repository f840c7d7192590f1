/** What can stand at the end of a command line: decided here for every shell. */
import type { CommandRow } from '../cli-context.ts'
import { findCommand, optionsOf, type OptionWords } from '../command-words.ts'

export interface Candidate {
  readonly word: string
  readonly description?: string
}

/** Values that only the instance knows. */
export type Source = 'files' | 'directories' | 'images' | 'pods' | 'namespaces' | 'codes' | 'demos'

export interface Completion {
  readonly candidates: readonly Candidate[]
  /** What else can stand there. */
  readonly source?: Source
}

const withPrefix = (candidates: readonly Candidate[], prefix: string): readonly Candidate[] =>
  candidates.filter(({ word }) => word.startsWith(prefix))

const valueSources: Readonly<Record<string, Source>> = {
  file: 'files',
  directory: 'directories',
  namespace: 'namespaces',
}

const parameterSources: Readonly<Record<string, readonly (Source | undefined)[]>> = {
  'image rm': ['images'],
  'proxy-config': [undefined, 'pods'],
  'explain-code': ['codes'],
  demo: ['demos'],
}

/** The words between the brackets of `<clusters|endpoints>`; names of values such as `<pod>` are no words. */
const choicesOf = (part: string): readonly Candidate[] => {
  const inner = part.replaceAll(/^[<[]|(\.\.\.)?[>\]]$/g, '')
  const words = inner.split('|').filter((word) => word !== '-')
  return words.length > 1 && !words.includes('file') ? words.map((word) => ({ word })) : []
}

const formats = (description: string): readonly Candidate[] =>
  [...description.replaceAll(/\([^)]*\)/g, '').matchAll(/\b(text|json|yaml|sarif|junit|github)\b/g)].map(
    ([word]) => ({ word }),
  )

const ofValue = (option: OptionWords, prefix: string): Completion => {
  if (option.value === 'format') return { candidates: withPrefix(formats(option.description), prefix) }
  if (option.value === 'level') {
    const levels = ['error', 'warning', 'info', 'never'].map((word) => ({ word }))
    return { candidates: withPrefix(levels, prefix) }
  }
  const source = valueSources[option.value ?? '']
  return { candidates: [], ...(source === undefined ? {} : { source }) }
}

const firstWords = (
  commands: readonly CommandRow[],
  before: string,
  prefix: string,
): readonly Candidate[] => {
  const below = commands.filter(({ name }) => name.startsWith(before))
  const candidates = below.map(({ name, description }) => {
    const [word = '', rest] = name.slice(before.length).split(' ')
    return rest === undefined ? { word, description } : { word }
  })
  const once = candidates.filter(
    ({ word }, index) => candidates.findIndex((one) => one.word === word) === index,
  )
  return withPrefix(once, prefix)
}

const ofParameter = (row: CommandRow, index: number, prefix: string): Completion => {
  const parts = (row.parameters ?? '').split(' ').filter((part) => part !== '')
  const part = parts[Math.min(index, parts.length - 1)]
  if (part === undefined || (index >= parts.length && !part.includes('...'))) return { candidates: [] }
  const choices = withPrefix(choicesOf(part), prefix)
  const source = parameterSources[row.name]?.[index] ?? (part.includes('file') ? 'files' : undefined)
  return { candidates: choices, ...(source === undefined ? {} : { source }) }
}

/** `words` are those after `weft`; the last one is being written and may be empty. */
export const completeWords = (all: readonly CommandRow[], words: readonly string[]): Completion => {
  const commands = all.filter(({ isHidden }) => isHidden !== true)
  const before = words.slice(0, -1)
  const prefix = words.at(-1) ?? ''
  const command = findCommand(commands, before)
  if (command === undefined) {
    const group = before.length === 0 ? '' : `${before.join(' ')} `
    return { candidates: firstWords(commands, group, prefix) }
  }
  if (command.row.name === 'help') {
    const group = before.slice(1).map((word) => `${word} `)
    return { candidates: firstWords(commands, group.join(''), prefix) }
  }
  const rest = before.slice(command.length)
  if (rest.includes('--')) return { candidates: [], source: 'files' }
  const options = optionsOf(command.row)
  const optionOf = (word: string | undefined): OptionWords | undefined =>
    options.find(({ names }) => word !== undefined && names.includes(word))
  const pending = optionOf(rest.at(-1))
  if (pending?.value !== undefined) return ofValue(pending, prefix)
  if (prefix.startsWith('-')) {
    const flags = options.flatMap(({ names, description }) => names.map((word) => ({ word, description })))
    return { candidates: withPrefix(flags, prefix) }
  }
  const operands = rest.filter(
    (word, index) => !word.startsWith('-') && optionOf(rest[index - 1])?.value === undefined,
  )
  return ofParameter(command.row, operands.length, prefix)
}
