/** The regular expressions that Envoy takes: RE2 (https://github.com/google/re2/wiki/Syntax). */
const LONGEST = 1024

const LOOK_AROUND = /\(\?(?:=|!|<=|<!)/
const INLINE_FLAGS = /\(\?[imsU]*(?:-[imsU]+)?(?<colon>[:)])/g
const POSIX_CLASS = /\[:\^?\w+:\]/g
const QUOTED = /\\Q[\s\S]*?(?:\\E|$)/g

/** Forms of RE2 that JavaScript writes otherwise, so that JavaScript's parser can check the rest. */
const asJavaScript = (expression: string): string =>
  expression
    .replaceAll(QUOTED, 'q')
    .replaceAll(INLINE_FLAGS, (_match, colon: string) => (colon === ':' ? '(?:' : '(?:)'))
    .replaceAll('(?P<', '(?<')
    .replaceAll(POSIX_CLASS, 'a')

/** What is wrong with an expression; undefined when nothing is. */
export const regexProblem = (expression: string): string | undefined => {
  if (expression === '') return 'a regex must not be empty; write .* to match everything'
  if (expression.length > LONGEST) return `a regex has at most ${LONGEST} characters`
  const bare = expression.replaceAll(/\\\\|\\[^1-9]/g, '')
  if (LOOK_AROUND.test(bare)) return 'RE2 has no look-ahead and no look-behind'
  if (/\\[1-9]/.test(bare)) return 'RE2 has no back-references'
  try {
    return new RegExp(asJavaScript(expression)) instanceof RegExp ? undefined : 'not a regex'
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^.*: /, '') : 'malformed'
    return `not a valid RE2 regex: ${reason}`
  }
}
