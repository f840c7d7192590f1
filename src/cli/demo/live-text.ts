/** Text that replaces itself on a terminal; elsewhere each state is written once more. */
export const createLiveText = (
  write: (text: string) => void,
  isTerminal: boolean,
): ((text: string) => void) => {
  let height = 0
  return (text) => {
    if (isTerminal && height > 0) write(`\u001B[${height}A\u001B[J`)
    write(text)
    height = text.split('\n').length - 1
  }
}
