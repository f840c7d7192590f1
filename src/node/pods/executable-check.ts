/** Looks for a container's program before it is run, so that one that is not there is a failed start and not an end. */
import { shellWord } from './shell-text.ts'

/** Begins the line that a failed look leaves on standard error. */
export const startErrorMark = 'weft-start-error: '

const prefix = 'unable to start container process: error during container init: exec: '

/**
 * A piece of a POSIX shell script that goes on when `word` can be run, and else says why (in runc's words) and exits.
 * The directory and the root are the container's then; `path` is the container's PATH.
 */
export const executableCheck = (word: string, path: string): string => {
  const name = JSON.stringify(word)
  const complain = (why: string): string =>
    `{ printf '%s\\n' ${shellWord(`${startErrorMark}${prefix}${name}: ${why}`)} >&2; exit 127; }`
  const file = shellWord(word)
  if (word.includes('/'))
    return `[ -e ${file} ] || ${complain(`stat ${word}: no such file or directory`)}
{ [ -f ${file} ] && [ -x ${file} ]; } || ${complain('permission denied')}
`
  const directories = path.split(':').map((directory) => shellWord(directory === '' ? '.' : directory))
  return `found=
for directory in ${directories.join(' ')}; do
[ -f "$directory"/${file} ] && [ -x "$directory"/${file} ] && found=1 && break
done
[ -n "$found" ] || ${complain('executable file not found in $PATH')}
`
}

/** What a failed look said, among the words of a start. */
export const startErrorIn = (complaint: string): string | undefined =>
  complaint
    .split('\n')
    .find((line) => line.startsWith(startErrorMark))
    ?.slice(startErrorMark.length)
