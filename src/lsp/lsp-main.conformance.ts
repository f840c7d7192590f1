/** For tests: the language server as a process of its own. */
import { serveLanguage } from './server.ts'

process.exitCode = await serveLanguage({
  input: process.stdin,
  output: process.stdout,
  version: 'test',
  signal: new AbortController().signal,
})
