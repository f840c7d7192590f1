import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { ask } from '../http/ask.ts'
import { pathOf, send, sendJson, sendText } from '../http/answers.ts'
import { forwardedHeaders } from './forwarded-headers.ts'

export interface ReviewsOptions {
  /** `http://host:port/ratings`; absent: reviews without stars, as version 1. */
  readonly ratings?: string
  /** Of the stars. */
  readonly color: string
  readonly podName: string
  readonly clusterName: string
  readonly log: (line: string) => void
}

const texts = [
  'An extremely entertaining play by Shakespeare. The slapstick humour is refreshing!',
  'Absolutely fun and entertaining. The play lacks thematic depth when compared to other plays by Shakespeare.',
] as const

type Stars = Readonly<Record<string, unknown>>

/** Undefined when the ratings service does not answer. As the original: red stars wait 2.5 s, black ones 10 s. */
const starsOf = async (
  id: number,
  request: IncomingMessage,
  ratings: string,
  options: ReviewsOptions,
): Promise<Stars | undefined> => {
  try {
    const { status, body } = await ask(`${ratings}/${id}`, {
      headers: { ...forwardedHeaders(request.headers), accept: 'application/json' },
      timeout: options.color === 'black' ? 10_000 : 2500,
    })
    if (status === 200) {
      const answer: { readonly ratings?: Stars } = JSON.parse(body)
      return answer.ratings ?? {}
    }
    options.log(`Error: unable to contact ${ratings} got status of ${status}`)
  } catch (error) {
    options.log(`Error: unable to contact ${ratings} got exception ${String(error)}`)
  }
  return undefined
}

const ratingOf = (reviewer: string, stars: Stars | undefined, color: string): unknown => {
  const count = stars?.[reviewer]
  return typeof count === 'number'
    ? { stars: count, color }
    : { error: 'Ratings service is currently unavailable' }
}

const reviewsOf = async (
  id: number,
  request: IncomingMessage,
  response: ServerResponse,
  options: ReviewsOptions,
): Promise<void> => {
  const { ratings, color, podName, clusterName } = options
  const stars = ratings === undefined ? undefined : await starsOf(id, request, ratings, options)
  const reviews = texts.map((text, index) => {
    const reviewer = `Reviewer${index + 1}`
    return { reviewer, text, ...(ratings === undefined ? {} : { rating: ratingOf(reviewer, stars, color) }) }
  })
  sendJson(response, 200, { id: String(id), podname: podName, clustername: clusterName, reviews })
}

export const createReviews = (options: ReviewsOptions): Server =>
  createServer((request, response) => {
    const path = pathOf(request)
    if (path === '/health') return sendJson(response, 200, { status: 'Reviews is healthy' })
    if (path === '/') return send(response, 200, { 'content-type': 'text/html' }, '<h1>Reviews</h1>\n')
    const id = /^\/reviews\/(-?\d+)$/.exec(path)?.[1]
    if (id === undefined) return sendText(response, 404, '')
    if (request.method !== 'GET' && request.method !== 'HEAD') return sendText(response, 405, '')
    return void reviewsOf(Number(id), request, response, options).catch(() => response.destroy())
  })
