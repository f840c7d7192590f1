/**
 * Writes the code cache of a program that tools/build.mjs has made: runs it with the arguments given, then keeps what V8
 * compiled on the way, and of the files that this run did not need what V8 compiles at once.
 *   node tools/write-code-cache.mjs dist/src/app/weft-main.cjs ARGUMENTS…
 */
import { readdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const [program = ''] = process.argv.splice(2, 1)
const directory = dirname(resolve(program))
const { compile, load, loaded } = await import(pathToFileURL(join(directory, 'load-compiled.js')).href)

process.stdout.write = () => true
process.once('exit', () => {
  for (const name of readdirSync(directory).filter((file) => file.endsWith('.cjs'))) {
    const script = loaded.get(name) ?? compile(name)
    writeFileSync(join(directory, `${name}.cache`), script.createCachedData())
  }
})
load(basename(program))
