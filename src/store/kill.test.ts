import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import ts from 'typescript'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Acknowledgement } from './kill-writer.conformance.ts'
import { openStore } from './lmdb-store.ts'
import { take } from './store.conformance.ts'
import type { StoreEvent } from './store.ts'

/** `KILL_ROUNDS=200 npx vitest run --project unit src/store/kill.test.ts` for the long run. */
const rounds = Number(process.env['KILL_ROUNDS'] ?? 25)

const sources = fileURLToPath(new URL('..', import.meta.url))
const cache = fileURLToPath(new URL('../../node_modules/.cache', import.meta.url))
mkdirSync(cache, { recursive: true })
const work = mkdtempSync(join(cache, 'weft-kill-'))
const directory = join(work, 'data')
afterAll(() => rmSync(work, { recursive: true, force: true }))

/** Node 20 runs no TypeScript: the store is transpiled where it finds `lmdb`. */
beforeAll(() => {
  writeFileSync(join(work, 'package.json'), '{"type":"module"}')
  for (const folder of ['store', 'primitives']) {
    mkdirSync(join(work, folder))
    for (const file of readdirSync(join(sources, folder)).filter((name) => /(?<![.]test)[.]ts$/.test(name))) {
      const { outputText } = ts.transpileModule(readFileSync(join(sources, folder, file), 'utf8'), {
        compilerOptions: {
          module: ts.ModuleKind.ESNext,
          target: ts.ScriptTarget.ES2022,
          rewriteRelativeImportExtensions: true,
        },
      })
      writeFileSync(join(work, folder, file.replace(/ts$/, 'js')), outputText)
    }
  }
})

/** Runs the writers for a while, kills them, and gives what they acknowledged. */
const killedRun = async (tag: string, keepEvents: number): Promise<readonly Acknowledgement[]> => {
  const writer = pathToFileURL(join(work, 'store/kill-writer.conformance.js')).href
  const script = `import(${JSON.stringify(writer)}).then((m) => m.runKillWriter(${JSON.stringify(directory)}, ${JSON.stringify(tag)}, ${keepEvents}))`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  const closed = once(child, 'close')
  while (output === '' && child.exitCode === null) await sleep(5)
  await sleep(Math.random() * 60)
  child.kill('SIGKILL')
  await closed
  expect(child.signalCode).toBe('SIGKILL')
  // The kill may cut the last line.
  const lines = output.slice(0, output.lastIndexOf('\n')).split('\n')
  return lines.map((line): Acknowledgement => JSON.parse(line))
}

const apply = (values: Map<string, string>, event: StoreEvent): void => {
  if (event.type === 'put') {
    expect(values.get(event.key)).toBe(event.previous)
    values.set(event.key, event.value)
  } else {
    expect(values.get(event.key)).toBe(event.previous)
    values.delete(event.key)
  }
}

it(
  `loses nothing acknowledged and tears nothing in ${rounds} kills`,
  async () => {
    let acknowledged = 0
    /** The values at `replayed`, made from events alone. */
    const values = new Map<string, string>()
    let replayed = 0
    for (let round = 0; round < rounds; round += 1) {
      // Every other round compacts while it writes.
      const acknowledgements = await killedRun(`round ${round}`, round % 2 === 0 ? 1_000_000 : 50)
      const store = openStore(directory, { keepEvents: 1_000_000 })
      const compacted = store.compactedRevision()
      if (compacted > replayed) {
        // What was compacted cannot be replayed: begin again from the values that compaction left untouched.
        values.clear()
        const untouched = store.range('').items.filter(({ revision }) => revision <= compacted)
        for (const { key, value } of untouched) values.set(key, value)
        replayed = compacted
      }
      const events = await take(store, store.revision() - replayed, replayed)
      const byRevision = new Map(events.map((event) => [event.revision, event]))
      expect([...byRevision.keys()]).toEqual(events.map((_, index) => replayed + index + 1))
      for (const { key, revision, value } of acknowledgements) {
        expect(revision).toBeLessThanOrEqual(store.revision())
        const event = byRevision.get(revision)
        if (revision > replayed)
          expect(event).toMatchObject(
            value === undefined ? { type: 'delete', key } : { type: 'put', key, value },
          )
      }
      if (round % 2 === 0) for (const event of events) apply(values, event)
      else rebuild(values, events)
      replayed = store.revision()
      const left = Object.fromEntries(store.range('').items.map(({ key, value }) => [key, value]))
      expect(left).toEqual(Object.fromEntries(values))
      const latest = new Map(acknowledgements.map((each) => [each.key, each]))
      for (const { key, revision, value } of latest.values()) {
        const now = store.get(key)
        const touchedLater = events.some((event) => event.key === key && event.revision > revision)
        if (!touchedLater) expect(now?.value).toBe(value)
      }
      acknowledged += acknowledgements.length
      await store.close()
    }
    expect(acknowledged).toBeGreaterThan(rounds)
  },
  rounds * 5000,
)

/** Without the values below the compacted revision, an event's previous value cannot be checked. */
const rebuild = (values: Map<string, string>, events: readonly StoreEvent[]): void => {
  for (const event of events) {
    if (event.type === 'put') values.set(event.key, event.value)
    else values.delete(event.key)
  }
}
