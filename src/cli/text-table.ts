/** Columns as kubectl and istioctl print them: padded with spaces, three between columns, no trailing blanks. */
export const textTable = (rows: readonly (readonly string[])[]): string => {
  const widths: number[] = []
  for (const row of rows) {
    row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, cell.length)))
  }
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('   ')
      .trimEnd(),
  )
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}
