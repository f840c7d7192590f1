import { expect, test } from 'vitest'
import { awaitMilestone } from './readiness.ts'

const never = { name: 'API server', missing: () => Promise.reject(new Error('connect ECONNREFUSED')) }

test('a milestone that can not come any more is given up at once, with the reason', async () => {
  const asked: string[] = []
  const hopeless = (): Promise<string | undefined> => {
    asked.push('')
    return Promise.resolve(asked.length < 3 ? undefined : 'the server process keeps ending')
  }
  const waiting = awaitMilestone(never, { patience: 60_000, hopeless }, new AbortController().signal)
  await expect(waiting).rejects.toMatchObject({
    code: 'milestone-missed',
    message: 'API server: the server process keeps ending',
  })
})

test('after the patience it says what is missing', async () => {
  const options = { patience: 0, hopeless: () => Promise.resolve(undefined) }
  await expect(awaitMilestone(never, options, new AbortController().signal)).rejects.toThrow(
    'API server: after 0 s: connect ECONNREFUSED',
  )
})
