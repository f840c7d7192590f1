/** Code actions: the repair of each problem, and all safe repairs of the file at once. */
import { CodeActionKind } from 'vscode-languageserver'
import type { CodeAction, Range } from 'vscode-languageserver'
import { repairText } from '../analyze/repair-text.ts'
import type { Problem } from './problems.ts'
import { overlaps, positionOf } from './text-positions.ts'

interface Asked {
  readonly uri: string
  readonly text: string
  readonly range: Range
  /** The kinds that the editor wants; undefined: all. */
  readonly only: readonly string[] | undefined
}

const isWanted = (kind: string, only: readonly string[] | undefined): boolean =>
  only === undefined || only.some((wanted) => kind === wanted || kind.startsWith(`${wanted}.`))

const quickFixes = ({ uri, range }: Asked, problems: readonly Problem[]): readonly CodeAction[] =>
  problems.flatMap(({ diagnostic, quickFix }) =>
    quickFix === undefined || !overlaps(diagnostic.range, range)
      ? []
      : [
          {
            title: quickFix.title,
            kind: CodeActionKind.QuickFix,
            diagnostics: [diagnostic],
            isPreferred: true,
            edit: { changes: { [uri]: [quickFix.edit] } },
          },
        ],
  )

/** What `weft analyze --fix` writes. */
const fixAll = ({ uri, text }: Asked): readonly CodeAction[] => {
  const repaired = repairText(text, uri)
  if (repaired === text) return []
  const range = { start: { line: 0, character: 0 }, end: positionOf(text, text.length) }
  return [
    {
      title: 'Make all safe repairs',
      kind: CodeActionKind.SourceFixAll,
      edit: { changes: { [uri]: [{ range, newText: repaired }] } },
    },
  ]
}

export const codeActionsAt = (asked: Asked, problems: readonly Problem[]): readonly CodeAction[] => [
  ...(isWanted(CodeActionKind.QuickFix, asked.only) ? quickFixes(asked, problems) : []),
  ...(isWanted(CodeActionKind.SourceFixAll, asked.only) ? fixAll(asked) : []),
]
