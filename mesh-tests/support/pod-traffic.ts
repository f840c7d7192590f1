/** A steady stream of requests from inside a pod, whatever becomes of the host's way into the cluster. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'

export interface PodTraffic {
  readonly stop: () => Promise<{ readonly answered: number; readonly failures: readonly string[] }>
}

const source = `
  const { get } = require('node:http')
  let answered = 0, running = true
  const failures = []
  const call = () => new Promise((resolve) => {
    get(process.argv[1], { agent: false, timeout: 5000 }, (response) => {
      response.resume()
      response.on('end', () => { if (response.statusCode === 200) answered += 1; else failures.push(String(response.statusCode)); resolve() })
    }).on('error', (error) => { failures.push(String(error)); resolve() })
  })
  process.on('SIGTERM', () => { running = false })
  ;(async () => {
    while (running) { await call(); await new Promise((resolve) => setTimeout(resolve, 5)) }
    console.log(JSON.stringify({ answered, failures }))
  })()
`

/** `pid`: a process of the pod, whose network the requests are made in. */
export const startTrafficInPod = (pid: number, url: string): PodTraffic => {
  const child = spawn('nsenter', [`--net=/proc/${pid}/ns/net`, process.execPath, '-e', source, url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.on('data', (bytes: Buffer) => (output += bytes.toString()))
  return {
    stop: async () => {
      const closed = once(child, 'close')
      child.kill('SIGTERM')
      await closed
      return JSON.parse(output)
    },
  }
}
