import { describe, expect, test, vi } from 'vitest'
import { useServers } from '../servers-rig.conformance.ts'
import { createColorsServer } from './colors-server.ts'
import { createLoggerBackend } from './logger-backend.ts'
import { createLoggerFrontend } from './logger-frontend.ts'

const { listen, text } = useServers()
const silent = (): void => undefined

describe('demo-colors', () => {
  test('each view is a page in its color and is counted by the backend; the frontend tells and clears', async () => {
    const logBackend = await listen(createLoggerBackend(silent))
    const frontend = await listen(createLoggerFrontend(logBackend))
    for (const color of ['crimson', 'indigo', 'indigo']) {
      const address = await listen(
        createColorsServer({ color, logBackend, log: silent, logError: console.error }),
      )
      const [code, page] = await text(`http://${address}/`)
      expect([code, page]).toEqual([200, expect.stringContaining(`background-color: ${color}`)])
    }
    await vi.waitFor(async () =>
      expect(await text(`http://${frontend}/data`)).toEqual([200, '{"crimson":1,"indigo":2}']),
    )
    expect(await text(`http://${frontend}/data`, { method: 'DELETE' })).toEqual([200, 'OK'])
    expect(await text(`http://${frontend}/data`)).toEqual([200, '{}'])
  })

  test('is served without a backend too, and says so', async () => {
    const errors: string[] = []
    const options = { color: 'red', logBackend: '127.0.0.1:2', log: silent }
    const address = await listen(createColorsServer({ ...options, logError: (line) => errors.push(line) }))
    expect((await text(`http://${address}/`))[0]).toBe(200)
    await vi.waitFor(() => expect(errors).toEqual([expect.stringContaining('ECONNREFUSED')]))
    expect(await text(`http://${address}/other`)).toEqual([404, 'Cannot GET /other'])
  })
})

test.each(['', '{', '[]', '"red"', '{"color":3}'])('the backend counts no %j', async (body) => {
  const address = await listen(createLoggerBackend(silent))
  expect((await text(`http://${address}/`, { method: 'POST', body }))[0]).toBe(400)
  expect(await text(`http://${address}/`)).toEqual([200, '{}'])
})

describe('the frontend', () => {
  test('serves the page with its style and its script', async () => {
    const address = await listen(createLoggerFrontend('127.0.0.1:2'))
    const [code, page] = await text(`http://${address}/`)
    expect([code, page]).toEqual([200, expect.stringContaining('Delete Logs')])
    for (const [, path = ''] of page.matchAll(/(?:src|href)="([^"]+)"/g))
      expect((await text(`http://${address}/${path}`))[0], path).toBe(200)
  })

  test('says when the backend does not answer', async () => {
    const address = await listen(createLoggerFrontend('127.0.0.1:2'))
    const [code, reason] = await text(`http://${address}/data`)
    expect([code, reason]).toEqual([502, expect.stringContaining('no answer from 127.0.0.1:2')])
  })
})
