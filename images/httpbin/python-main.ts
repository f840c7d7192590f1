import { endOnSignal } from '../end-on-signal.ts'
import { createHttpbin } from './httpbin-server.ts'

/** Manifests give gunicorn's words: `gunicorn -b 0.0.0.0:8080 httpbin:app -k gevent`. */
const bindOf = (words: readonly string[]): string | undefined => {
  const index = words.findIndex((word) => word === '-b' || word === '--bind')
  return index === -1
    ? words.find((word) => word.startsWith('--bind='))?.slice('--bind='.length)
    : words[index + 1]
}

const port = Number((bindOf(process.argv.slice(2)) ?? '0.0.0.0:80').split(':').at(-1))
const server = createHttpbin('python')
server.listen(port, () => console.error(`[INFO] Listening at: http://0.0.0.0:${port}`))
endOnSignal(server)
