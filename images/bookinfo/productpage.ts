import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { bodyOf, pathOf, send, sendHtml, sendJson, sendText } from '../http/answers.ts'
import { forwardedHeaders } from './forwarded-headers.ts'
import { indexHtml, productHtml } from './product-html.ts'
import { askDetails, askRatings, askReviews, type Asked, type ServiceAddresses } from './product-services.ts'
import { sessionCookie, userOf } from './product-session.ts'

const products = [
  {
    id: 0,
    title: 'The Comedy of Errors',
    descriptionHtml:
      '<a href="https://en.wikipedia.org/wiki/The_Comedy_of_Errors">Wikipedia Summary</a>: The Comedy of Errors is one of <b>William Shakespeare\'s</b> early plays. It is his shortest and one of his most farcical comedies, with a major part of the humour coming from slapstick and mistaken identity, in addition to puns and word play.',
  },
] as const

/** What goes on to the other services: the trace, and the user as `end-user`. */
const headersFor = (request: IncomingMessage): Readonly<Record<string, string>> => {
  const { 'end-user': _claimed, cookie: _cookie, ...forwarded } = forwardedHeaders(request.headers)
  const user = userOf(request)
  // A header carries bytes: the name travels in UTF-8.
  const bytes = Buffer.from(user, 'utf8').toString('latin1')
  return user === '' ? forwarded : { ...forwarded, 'end-user': bytes }
}

const back = (request: IncomingMessage, response: ServerResponse, user: string): void => {
  const location = request.headers.referer ?? '/productpage'
  send(response, 302, { location, 'set-cookie': sessionCookie(user) }, '')
}

const front = async (
  services: ServiceAddresses,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const headers = headersFor(request)
  const [product] = products
  const details = await askDetails(services, product.id, headers)
  const reviews = await askReviews(services, product.id, headers)
  sendHtml(response, 200, productHtml(product, { details, reviews }, userOf(request)))
}

const parts: Readonly<
  Record<
    string,
    (services: ServiceAddresses, id: number, headers: Readonly<Record<string, string>>) => Promise<Asked>
  >
> = { '': askDetails, '/reviews': askReviews, '/ratings': askRatings }

/** `/api/v1/products`, `/api/v1/products/0`, `…/0/reviews`, `…/0/ratings`; false: it is none of them. */
const api = async (
  services: ServiceAddresses,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> => {
  const [, id, part = ''] = /^\/api\/v1\/products(?:\/(\d+)(\/\w+)?)?$/.exec(pathOf(request)) ?? []
  const isList = pathOf(request) === '/api/v1/products'
  const askPart = parts[part]
  if (isList) sendJson(response, 200, products)
  else if (id === undefined || askPart === undefined) return false
  else {
    const { status, value } = await askPart(services, Number(id), headersFor(request))
    sendJson(response, status, value)
  }
  return true
}

const signIn = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const form = new URLSearchParams((await bodyOf(request)).toString('utf8'))
  back(request, response, form.get('username') ?? '')
}

const answer = async (
  services: ServiceAddresses,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const path = pathOf(request)
  if (path === '/login' && request.method === 'POST') return signIn(request, response)
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return sendText(response, 405, 'Method Not Allowed')
  if (path === '/' || path === '/index.html') return sendHtml(response, 200, indexHtml())
  if (path === '/health') return sendHtml(response, 200, 'Product page is healthy')
  if (path === '/logout') return back(request, response, '')
  if (path === '/productpage') return front(services, request, response)
  if (!(await api(services, request, response))) sendText(response, 404, 'Not Found')
}

/** Bookinfo's product page: asks details and reviews and shows what they answer. */
export const createProductpage = (services: ServiceAddresses): Server =>
  createServer((request, response) => {
    answer(services, request, response).catch(() => response.destroy())
  })
