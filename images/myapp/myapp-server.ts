import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'

const send = (response: ServerResponse, code: number, type: string, body: string): void => {
  response.writeHead(code, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body)
}

/** What a Spring Boot application answers where nothing is mapped. */
const sendError = (response: ServerResponse, code: number, error: string, path: string): void => {
  const body = { timestamp: new Date().toISOString().replace('Z', '+00:00'), status: code, error, path }
  send(response, code, 'application/json', JSON.stringify(body))
}

const answer = (version: string, request: IncomingMessage, response: ServerResponse): void => {
  const { pathname } = new URL(request.url ?? '/', 'http://myapp')
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  if (pathname === '/api/v1/hello') {
    if (isRead) send(response, 200, 'text/plain;charset=UTF-8', `Hello World, This is version ${version}!`)
    else sendError(response, 405, 'Method Not Allowed', pathname)
    return
  }
  if (isRead && /^\/actuator\/health(\/(liveness|readiness))?$/.test(pathname)) {
    send(response, 200, 'application/vnd.spring-boot.actuator.v3+json', '{"status":"UP"}')
    return
  }
  sendError(response, 404, 'Not Found', pathname)
}

/** The application of the traffic shifting walkthrough: one resource that tells its version. */
export const createMyappServer = (version: string): Server =>
  createServer((request, response) => answer(version, request, response))
