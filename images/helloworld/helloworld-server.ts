import { createServer, type Server } from 'node:http'
import { pathOf, sendHtml } from '../http/answers.ts'

/** Istio's helloworld: tells its version and its pod. */
export const createHelloworld = (version: string, instance: string): Server =>
  createServer((request, response) => {
    const path = pathOf(request)
    if (path === '/hello') sendHtml(response, 200, `Hello version: ${version}, instance: ${instance}\n`)
    else if (path === '/health') sendHtml(response, 200, 'Helloworld is healthy')
    else sendHtml(response, 404, '<!doctype html>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n')
  })
