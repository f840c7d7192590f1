import { connect } from 'node:http2'
import { fail, ok, type Result } from '../../primitives/result.ts'

export interface GrpcHealthTarget {
  readonly host: string
  readonly port: number
  readonly service?: string
}

/** HealthCheckRequest{service = 1} with gRPC's five bytes before the message. */
const requestBytes = (service: string): Buffer => {
  const name = Buffer.from(service, 'utf8').subarray(0, 127)
  const message =
    name.length === 0 ? Buffer.alloc(0) : Buffer.concat([Buffer.from([0x0a, name.length]), name])
  const header = Buffer.alloc(5)
  header.writeUInt32BE(message.length, 1)
  return Buffer.concat([header, message])
}

const servingStatus = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN']

/** HealthCheckResponse{status = 1}; an absent field is 0, UNKNOWN. */
const statusOf = (body: Buffer): string =>
  servingStatus[body.length >= 7 && body[5] === 8 ? (body[6] ?? 0) : 0] ?? 'UNKNOWN'

/** grpc.health.v1.Health/Check over cleartext HTTP/2 (https://github.com/grpc/grpc/blob/master/doc/health-checking.md). */
export const checkGrpcHealth = (
  target: GrpcHealthTarget,
  signal: AbortSignal,
): Promise<Result<string, string>> =>
  new Promise((resolve) => {
    const address = `${target.host}:${target.port}`
    const session = connect(`http://${address}`)
    const finish = (result: Result<string, string>): void => {
      signal.removeEventListener('abort', onAbort)
      session.destroy()
      resolve(result)
    }
    const onAbort = (): void =>
      finish(
        fail(
          `timeout: failed to connect service ${JSON.stringify(address)} within 1s: context deadline exceeded`,
        ),
      )
    signal.addEventListener('abort', onAbort, { once: true })
    session.on('error', () => finish(fail(`error: failed to connect service ${JSON.stringify(address)}`)))
    const stream = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
    })
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('error', () => undefined)
    stream.on('end', () => {
      const status = statusOf(Buffer.concat(chunks))
      finish(
        status === 'SERVING'
          ? ok('service is serving')
          : fail(`service unhealthy (responded with ${JSON.stringify(status)})`),
      )
    })
    stream.end(requestBytes(target.service ?? ''))
  })
