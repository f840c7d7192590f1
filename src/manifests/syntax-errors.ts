/** Errors of YAML's parser in the words of someone who writes manifests. */
import type { YAMLError } from 'yaml'

export const TOO_DEEP = 'lists and objects are nested too deeply here; write fewer levels'

const ADVICE: Readonly<Partial<Record<YAMLError['code'], string>>> = {
  TAB_AS_INDENT: 'a tab indents this line; YAML indents with spaces: write two spaces instead',
  DUPLICATE_KEY: 'this key is written twice in the same object; keep one of the two',
  BAD_INDENT:
    'this line is not indented like its neighbours; give the fields of one object the same number of spaces',
  MISSING_CHAR: 'a closing quote, bracket or comma is missing',
  MULTILINE_IMPLICIT_KEY:
    'a key and its colon must be on one line; check the indentation and write "key: value"',
  BLOCK_AS_IMPLICIT_KEY:
    'a nested object starts on the line of its key; start it on the next line, indented by two spaces',
  BAD_ALIAS: 'this alias (*name) has no anchor (&name) above it; quote the text if it is none',
  UNEXPECTED_TOKEN: 'this text is not expected here; check quotes and indentation',
  BAD_SCALAR_START: 'a value cannot start with this character; put it in quotes',
  IMPOSSIBLE: 'this is not YAML',
}

/** The first line of the parser's message: the rest draws the source. */
const firstLine = (message: string): string => message.split(/ at line \d+|:?\n/)[0] ?? message

export const syntaxMessage = (error: YAMLError): string => {
  // The parser reports a tab in several ways; a tab before the text is what went wrong.
  if (error.code === 'RESOURCE_EXHAUSTION') return TOO_DEEP
  const advice = /\btabs?\b/i.test(error.message) ? ADVICE.TAB_AS_INDENT : ADVICE[error.code]
  return advice === undefined ? firstLine(error.message) : `${advice} (${firstLine(error.message)})`
}
