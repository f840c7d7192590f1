/** Fields that a JSON text names twice: JSON.parse keeps the last of them and says nothing. */

interface ObjectFrame {
  readonly type: 'object'
  readonly keys: Set<string>
  key: string
  /** A text is a key after `{` and `,`, a value after `:`. */
  expectsKey: boolean
}

interface ArrayFrame {
  readonly type: 'array'
  index: number
}

type Frame = ObjectFrame | ArrayFrame

// Numbers, literals and white space need no look.
const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]/g

const keyOf = (token: string): string => {
  const key: unknown = JSON.parse(token)
  return String(key)
}

const pathOf = (frames: readonly Frame[]): string =>
  frames
    .map((frame, depth) => {
      if (frame.type === 'array') return `[${frame.index}]`
      return depth === 0 ? frame.key : `.${frame.key}`
    })
    .join('')

const nextItem = (frame: Frame | undefined): void => {
  if (frame?.type === 'array') frame.index += 1
  if (frame?.type === 'object') frame.expectsKey = true
}

/** Their paths, such as `spec.ports[0].name`, each once, in the order of the text; `text` is valid JSON. */
export const duplicateFields = (text: string): readonly string[] => {
  const frames: Frame[] = []
  const found = new Set<string>()
  for (const [token] of text.matchAll(tokens)) {
    const frame = frames.at(-1)
    switch (token) {
      case '{':
        frames.push({ type: 'object', keys: new Set(), key: '', expectsKey: true })
        break
      case '[':
        frames.push({ type: 'array', index: 0 })
        break
      case '}':
      case ']':
        frames.pop()
        break
      case ',':
        nextItem(frame)
        break
      case ':':
        if (frame?.type === 'object') frame.expectsKey = false
        break
      default:
        if (frame?.type !== 'object' || !frame.expectsKey) break
        frame.key = keyOf(token)
        if (frame.keys.has(frame.key)) found.add(pathOf(frames))
        frame.keys.add(frame.key)
    }
  }
  return [...found]
}
