/**
 * Splits chunks of UTF-8 into lines and parses each as JSON: the framing of a Kubernetes watch.
 * An unfinished last line (the connection broke inside it) is dropped: the reader resumes from the line before.
 */
export async function* jsonLines(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<unknown, void, undefined> {
  const decoder = new TextDecoder()
  // Pieces are joined once per line: a 1 MB object that comes in 16 KB chunks is not copied 64 times.
  let pieces: string[] = []
  for await (const chunk of chunks) {
    const text = decoder.decode(chunk, { stream: true })
    let start = 0
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      pieces.push(text.slice(start, end))
      const line = pieces.join('')
      pieces = []
      start = end + 1
      if (line.trim() !== '') yield JSON.parse(line)
    }
    if (start < text.length) pieces.push(text.slice(start))
  }
}
