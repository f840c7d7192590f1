/** grpc.health.v1.Health/Check over cleartext HTTP/2 (https://github.com/grpc/grpc/blob/master/doc/health-checking.md). */
import { connect, type IncomingHttpHeaders } from 'node:http2'
import { messageOf } from '../../primitives/coded-error.ts'
import { fail, ok } from '../../primitives/result.ts'
import type { ActionResult } from './action-check.ts'

export interface GrpcHealthTarget {
  readonly host: string
  readonly port: number
  readonly service?: string
  readonly timeoutSeconds: number
}

const varint = (value: number): number[] =>
  value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >> 7)]

/** HealthCheckRequest{service = 1} with gRPC's five bytes before the message. */
const requestBytes = (service: string): Buffer => {
  const name = Buffer.from(service, 'utf8')
  const message =
    name.length === 0 ? Buffer.alloc(0) : Buffer.concat([Buffer.from([0x0a, ...varint(name.length)]), name])
  const header = Buffer.alloc(5)
  header.writeUInt32BE(message.length, 1)
  return Buffer.concat([header, message])
}

const servingStatus = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN']

/** HealthCheckResponse{status = 1}; an absent field is 0, UNKNOWN. */
const statusOf = (body: Buffer): string =>
  servingStatus[body.length >= 7 && body[5] === 8 ? (body[6] ?? 0) : 0] ?? 'UNKNOWN'

/** Names of the codes as Go prints them (google.golang.org/grpc/codes). */
const codeNames =
  'OK Canceled Unknown InvalidArgument DeadlineExceeded NotFound AlreadyExists PermissionDenied ResourceExhausted FailedPrecondition Aborted OutOfRange Unimplemented Internal Unavailable DataLoss Unauthenticated'.split(
    ' ',
  )

const failureOf = (headers: IncomingHttpHeaders): string | undefined => {
  const code = Number(headers['grpc-status'] ?? '0')
  const text = decodeURIComponent(String(headers['grpc-message'] ?? ''))
  if (code === 0) return undefined
  return codeNames[code] === 'Unimplemented'
    ? `error: this server does not implement the grpc health protocol (grpc.health.v1.Health): ${text}`
    : `error: health rpc probe failed: rpc error: code = ${codeNames[code] ?? `Code(${code})`} desc = ${text}`
}

const verdictOf = (headers: IncomingHttpHeaders, body: Buffer): ActionResult => {
  const failure = failureOf(headers)
  if (failure !== undefined) return fail(failure)
  const status = statusOf(body)
  return status === 'SERVING' ? ok({}) : fail(`service unhealthy (responded with ${JSON.stringify(status)})`)
}

/** Asks once; aborting `signal` is the timeout. The error is in a kubelet's words. */
export const checkGrpcHealth = (target: GrpcHealthTarget, signal: AbortSignal): Promise<ActionResult> =>
  new Promise((resolve) => {
    const address = `${target.host}:${target.port}`
    const session = connect(`http://${address}`)
    let isConnected = false
    const finish = (result: ActionResult): void => {
      signal.removeEventListener('abort', onAbort)
      session.destroy()
      resolve(result)
    }
    const onAbort = (): void =>
      finish(
        fail(
          isConnected
            ? `timeout: health rpc did not complete within ${target.timeoutSeconds}s`
            : `timeout: failed to connect service ${JSON.stringify(address)} within ${target.timeoutSeconds}s: context deadline exceeded`,
        ),
      )
    signal.addEventListener('abort', onAbort, { once: true })
    session.on('remoteSettings', () => (isConnected = true))
    session.on('error', (error) =>
      finish(fail(`error: failed to connect service at ${JSON.stringify(address)}: ${messageOf(error)}`)),
    )
    const stream = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      'user-agent': 'kube-probe/1.32',
      te: 'trailers',
    })
    let headers: IncomingHttpHeaders = {}
    const chunks: Buffer[] = []
    stream.on('response', (received) => (headers = { ...headers, ...received }))
    stream.on('trailers', (received) => (headers = { ...headers, ...received }))
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('error', () => undefined)
    stream.on('end', () => finish(verdictOf(headers, Buffer.concat(chunks))))
    stream.end(requestBytes(target.service ?? ''))
  })
