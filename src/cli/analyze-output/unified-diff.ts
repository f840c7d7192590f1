/** Two texts as a unified diff (the format of diff -u and git), three lines around each change. */

const CONTEXT = 3

interface Step {
  readonly sign: ' ' | '-' | '+'
  readonly text: string
}

/** Above this many pairs of lines, the middle of the texts is shown as replaced as a whole. */
const MOST_PAIRS = 4_000_000

/** Lengths of the longest common subsequences of the rests of both lists, row by row. */
const commonLengths = (before: readonly string[], after: readonly string[]): readonly Uint32Array[] => {
  const rows = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1))
  for (let row = before.length - 1; row >= 0; row -= 1) {
    for (let column = after.length - 1; column >= 0; column -= 1) {
      const [here, below] = [rows[row], rows[row + 1]]
      if (here === undefined) continue
      here[column] =
        before[row] === after[column]
          ? (below?.[column + 1] ?? 0) + 1
          : Math.max(below?.[column] ?? 0, here[column + 1] ?? 0)
    }
  }
  return rows
}

const middleSteps = (before: readonly string[], after: readonly string[]): readonly Step[] => {
  const removed = before.map((text): Step => ({ sign: '-', text }))
  const added = after.map((text): Step => ({ sign: '+', text }))
  if (before.length * after.length > MOST_PAIRS) return [...removed, ...added]
  const lengths = commonLengths(before, after)
  const steps: Step[] = []
  let [row, column] = [0, 0]
  while (row < before.length && column < after.length) {
    const text = before[row] ?? ''
    if (text === after[column]) {
      steps.push({ sign: ' ', text })
      row += 1
      column += 1
    } else if ((lengths[row + 1]?.[column] ?? 0) >= (lengths[row]?.[column + 1] ?? 0)) {
      steps.push({ sign: '-', text })
      row += 1
    } else {
      steps.push({ sign: '+', text: after[column] ?? '' })
      column += 1
    }
  }
  return [...steps, ...removed.slice(row), ...added.slice(column)]
}

const stepsBetween = (before: readonly string[], after: readonly string[]): readonly Step[] => {
  const shorter = Math.min(before.length, after.length)
  let start = 0
  while (start < shorter && before[start] === after[start]) start += 1
  let end = 0
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end += 1
  const same = (lines: readonly string[]): readonly Step[] => lines.map((text) => ({ sign: ' ', text }))
  return [
    ...same(before.slice(0, start)),
    ...middleSteps(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...same(before.slice(before.length - end)),
  ]
}

const hunk = (steps: readonly Step[], from: number, to: number): readonly string[] => {
  const count = (range: readonly Step[], other: Step['sign']): number =>
    range.filter(({ sign }) => sign !== other).length
  const [earlier, shown] = [steps.slice(0, from), steps.slice(from, to)]
  const range = (other: Step['sign']): string => `${count(earlier, other) + 1},${count(shown, other)}`
  return [`@@ -${range('+')} +${range('-')} @@`, ...shown.map(({ sign, text }) => sign + text)]
}

/** Empty when the texts are equal. */
export const unifiedDiff = (name: string, before: string, after: string): string => {
  const lines = (text: string): readonly string[] => text.replace(/\n$/, '').split('\n')
  const steps = stepsBetween(lines(before), lines(after))
  const changed = steps.flatMap(({ sign }, index) => (sign === ' ' ? [] : [index]))
  const hunks: (readonly string[])[] = []
  for (let index = 0; index < changed.length;) {
    const first = changed[index] ?? 0
    let last = first
    while (index < changed.length && (changed[index] ?? 0) - last <= 2 * CONTEXT) {
      last = changed[index] ?? last
      index += 1
    }
    hunks.push(hunk(steps, Math.max(0, first - CONTEXT), Math.min(steps.length, last + CONTEXT + 1)))
  }
  return hunks.length === 0 ? '' : [`--- ${name}`, `+++ ${name}`, ...hunks.flat(), ''].join('\n')
}
