/** One word of a POSIX shell script, whatever bytes it holds (NUL excepted, which no argument can hold). */
export const shellWord = (text: string): string =>
  /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`

export const shellWords = (words: readonly string[]): string => words.map(shellWord).join(' ')

/** A field of fstab(5): blanks, line ends and backslashes as octal escapes. */
export const fstabField = (text: string): string =>
  text.replaceAll(/[\\\s]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`)
