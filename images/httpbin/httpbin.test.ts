import { describe, expect, test } from 'vitest'
import { ask } from '../http/ask.ts'
import { useServers } from '../servers-rig.conformance.ts'
import { createHttpbin } from './httpbin-server.ts'
import type { Dialect } from './request-facts.ts'

const { listen, text } = useServers()
const start = async (dialect: Dialect = 'python'): Promise<string> =>
  `http://${await listen(createHttpbin(dialect))}`

describe('httpbin', () => {
  test('tells the request: arguments, headers, origin, URL', async () => {
    const base = await start()
    const { body } = await ask(`${base}/get?a=1&b=2&b=3`, {
      headers: { 'x-own': 'mine', 'x-forwarded-for': '9.9.9.9' },
    })
    expect(JSON.parse(body)).toEqual({
      args: { a: '1', b: ['2', '3'] },
      headers: expect.objectContaining({ 'X-Own': 'mine', 'X-Forwarded-For': '9.9.9.9' }),
      origin: '9.9.9.9',
      url: `${base}/get?a=1&b=2&b=3`,
    })
  })

  test('go-httpbin has lists, and the method', async () => {
    const { body } = await ask(`${await start('go')}/get?a=1`, { headers: { 'x-own': 'mine' } })
    expect(JSON.parse(body)).toMatchObject({
      args: { a: ['1'] },
      headers: { 'X-Own': ['mine'] },
      method: 'GET',
    })
  })

  test('tells a body as form, as JSON and as it came', async () => {
    const base = await start()
    const post = async (type: string, body: string): Promise<unknown> => {
      const answer = await ask(`${base}/post`, { method: 'POST', headers: { 'content-type': type }, body })
      return JSON.parse(answer.body)
    }
    expect(await post('application/x-www-form-urlencoded', 'a=1')).toMatchObject({
      form: { a: '1' },
      data: '',
      json: null,
    })
    expect(await post('application/json', '{"a":1}')).toMatchObject({
      form: {},
      data: '{"a":1}',
      json: { a: 1 },
    })
    expect((await text(`${base}/anything/x/y`, { method: 'DELETE' }))[1]).toContain('"method": "DELETE"')
  })

  test.each([
    ['/status/418', 418],
    ['/status/503', 503],
    ['/status/204', 204],
    ['/status/200:0,500:1', 500],
    ['/status/x', 400],
    ['/status/99', 400],
    ['/nothing', 404],
    ['/post', 405],
    ['/delay/0', 200],
    ['/basic-auth/u/p', 401],
    ['/bearer', 401],
    ['/uuid', 200],
    ['/ip', 200],
    ['/user-agent', 200],
    ['/gzip', 200],
    ['/', 200],
  ])('%s is %i', async (path, code) => {
    expect((await ask(`${await start()}${path}`)).status).toBe(code)
  })

  test('redirects, cookies, headers of the answer, streams and bytes', async () => {
    const base = await start()
    expect((await ask(`${base}/redirect/2`)).headers.location).toBe('/redirect/1')
    expect((await ask(`${base}/cookies/set?a=1`)).headers['set-cookie']).toEqual(['a=1; Path=/'])
    expect(JSON.parse((await ask(`${base}/cookies`, { headers: { cookie: 'a=1; b=2' } })).body)).toEqual({
      cookies: { a: '1', b: '2' },
    })
    expect((await ask(`${base}/response-headers?x-own=mine`)).headers['x-own']).toBe('mine')
    expect((await ask(`${base}/stream/3`)).body.trim().split('\n')).toHaveLength(3)
    expect((await ask(`${base}/bytes/16`)).headers['content-length']).toBe('16')
    const authorization = `Basic ${Buffer.from('u:p').toString('base64')}`
    expect((await ask(`${base}/basic-auth/u/p`, { headers: { authorization } })).status).toBe(200)
  })
})
