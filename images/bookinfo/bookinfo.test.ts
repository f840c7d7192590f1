import { createServer, type IncomingHttpHeaders } from 'node:http'
import { describe, expect, test } from 'vitest'
import { createHelloworld } from '../helloworld/helloworld-server.ts'
import { ask } from '../http/ask.ts'
import { useServers } from '../servers-rig.conformance.ts'
import { createDetails } from './details.ts'
import { createProductpage } from './productpage.ts'
import { createRatings } from './ratings.ts'
import { createReviews, type ReviewsOptions } from './reviews.ts'

const { listen, text } = useServers()
const nobody = '127.0.0.1:2'

const startReviews = (options: Partial<ReviewsOptions> = {}): Promise<string> =>
  listen(
    createReviews({
      color: 'black',
      podName: 'reviews-1',
      clusterName: 'null',
      log: () => undefined,
      ...options,
    }),
  )

const startRatings = (): Promise<string> => listen(createRatings(() => undefined))

const startPage = (addresses: { details?: string; reviews?: string; ratings?: string }): Promise<string> => {
  const { details = nobody, reviews = nobody, ratings = nobody } = addresses
  return listen(
    createProductpage({
      details: `http://${details}`,
      reviews: `http://${reviews}`,
      ratings: `http://${ratings}`,
    }),
  )
}

test('details: a book by its number', async () => {
  const address = await listen(createDetails())
  const { status, body } = await ask(`http://${address}/details/7`)
  expect([status, JSON.parse(body)]).toEqual([
    200,
    expect.objectContaining({ id: 7, author: 'William Shakespeare', 'ISBN-10': '1234567890' }),
  ])
  expect(await text(`http://${address}/details/x`)).toEqual([
    400,
    '{"error":"please provide numeric product id"}',
  ])
  expect(await text(`http://${address}/health`)).toEqual([200, '{"status":"Details is healthy"}'])
})

test('ratings: what was posted is told', async () => {
  const address = await startRatings()
  expect(await text(`http://${address}/ratings/0`)).toEqual([
    200,
    '{"id":0,"ratings":{"Reviewer1":5,"Reviewer2":4}}',
  ])
  const posted = await text(`http://${address}/ratings/0`, { method: 'POST', body: '{"Reviewer1":1}' })
  expect(posted).toEqual([200, '{"id":0,"ratings":{"Reviewer1":1}}'])
  expect((await text(`http://${address}/ratings/0`, { method: 'POST', body: '{' }))[0]).toBe(400)
  expect((await text(`http://${address}/ratings/`))[0]).toBe(400)
})

describe('reviews', () => {
  const ratingsOf = async (options: Partial<ReviewsOptions>): Promise<unknown[]> => {
    const { body } = await ask(`http://${await startReviews(options)}/reviews/0`)
    return JSON.parse(body).reviews.map(({ rating }: { rating?: unknown }) => rating)
  }

  test('version 1 has no stars, the others have theirs in their color', async () => {
    expect(await ratingsOf({})).toEqual([undefined, undefined])
    const ratings = `http://${await startRatings()}/ratings`
    expect(await ratingsOf({ ratings, color: 'red' })).toEqual([
      { stars: 5, color: 'red' },
      { stars: 4, color: 'red' },
    ])
  })

  test('without ratings service the reviews stay', async () => {
    const error = { error: 'Ratings service is currently unavailable' }
    expect(await ratingsOf({ ratings: `http://${nobody}/ratings` })).toEqual([error, error])
  })

  test('the headers of traces and the user go on to ratings', async () => {
    let seen: IncomingHttpHeaders = {}
    const ratings = await listen(
      createServer((request, response) => {
        seen = request.headers
        response.end('{"ratings":{}}')
      }),
    )
    const reviews = await startReviews({ ratings: `http://${ratings}/ratings` })
    const headers = {
      'end-user': 'jason',
      'x-request-id': 'r1',
      traceparent: 't1',
      'x-b3-traceid': 'b1',
      'x-own': 'no',
    }
    await ask(`http://${reviews}/reviews/0`, { headers })
    expect(seen).toMatchObject({
      'end-user': 'jason',
      'x-request-id': 'r1',
      traceparent: 't1',
      'x-b3-traceid': 'b1',
    })
    expect(seen['x-own']).toBeUndefined()
  })
})

describe('productpage', () => {
  test('shows details and reviews with their stars', async () => {
    const ratings = await startRatings()
    const page = await startPage({
      details: await listen(createDetails()),
      reviews: await startReviews({ ratings: `http://${ratings}/ratings`, color: 'red' }),
      ratings,
    })
    const [code, html] = await text(`http://${page}/productpage`)
    expect(code).toBe(200)
    for (const part of [
      'The Comedy of Errors',
      '<title>Simple Bookstore App</title>',
      '1234567890',
      '★★★★☆',
      'color: red',
    ])
      expect(html).toContain(part)
    expect(await text(`http://${page}/api/v1/products/0/ratings`)).toEqual(
      await text(`http://${ratings}/ratings/0`),
    )
    expect((await text(`http://${page}/api/v1/products`))[1]).toContain('"title":"The Comedy of Errors"')
  })

  test('says what is missing when a service does not answer', async () => {
    const page = await startPage({})
    const [code, html] = await text(`http://${page}/productpage`)
    expect(code).toBe(200)
    expect(html).toContain('Error fetching product details!')
    expect(html).toContain('Sorry, product reviews are currently unavailable for this book.')
    expect((await text(`http://${page}/api/v1/products/0`))[0]).toBe(500)
  })

  test('who signs in is end-user for the others; a claimed end-user is not', async () => {
    const users: (string | undefined)[] = []
    const reviews = await listen(
      createServer((request, response) => {
        const user = request.headers['end-user']
        users.push(user === undefined ? undefined : Buffer.from(String(user), 'latin1').toString())
        response.end('{"reviews":[]}')
      }),
    )
    const page = await startPage({ reviews })
    const signIn = await ask(`http://${page}/login`, { method: 'POST', body: 'username=jäson&passwd=x' })
    expect([signIn.status, signIn.headers.location]).toEqual([302, '/productpage'])
    const [cookie = ''] = signIn.headers['set-cookie'] ?? []
    await ask(`http://${page}/productpage`, { headers: { cookie: cookie.split(';')[0] } })
    await ask(`http://${page}/productpage`, { headers: { 'end-user': 'mallory' } })
    expect(users).toEqual(['jäson', undefined])
  })
})

test('helloworld tells version and pod', async () => {
  const address = await listen(createHelloworld('v2', 'helloworld-v2-x'))
  expect(await text(`http://${address}/hello`)).toEqual([
    200,
    'Hello version: v2, instance: helloworld-v2-x\n',
  ])
})
