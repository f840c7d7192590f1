import { expect, test } from 'vitest'
import { awaitProgram } from './program-search.ts'

const program = { pid: 7, startTime: '1' }

/** The program is there from the `found`th look on, the init until the `dead`th, and nobody waits from the `left`th on. */
const search = async (
  found: number,
  { dead = Infinity, left = Infinity }: { readonly dead?: number; readonly left?: number } = {},
): Promise<{ readonly program: unknown; readonly looks: number }> => {
  let looks = 0
  const stop = new AbortController()
  const result = await awaitProgram(
    {
      find: () => {
        looks += 1
        return looks >= found ? program : undefined
      },
      initIsAlive: () => looks < dead,
      clock: {
        now: () => 0,
        sleep: async () => {
          if (looks >= left) stop.abort()
        },
      },
    },
    stop.signal,
  )
  return { program: result, looks }
}

test('a program is found at once, or as soon as it is forked', async () => {
  expect(await search(1)).toEqual({ program, looks: 1 })
  expect(await search(9)).toEqual({ program, looks: 9 })
})

test('an init that has ended forks nothing any more', async () => {
  expect(await search(Infinity, { dead: 4 })).toEqual({ program: undefined, looks: 4 })
})

test('a node that leaves does not wait', async () => {
  expect((await search(Infinity, { left: 3 })).looks).toBe(4)
})
