/**
 * Loads the files of a program as CommonJS, compiled from V8's code cache (X.cjs.cache beside X.cjs) where that is there and
 * this very V8 accepts it (nodejs.org/api/vm.html, `cachedData`), else from their text. Node 20 has no cache of its own for
 * modules (`module.enableCompileCache` came with 22.1).
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { Script } from 'node:vm'

// Most commands end before optimized code has paid for its compilation: four times as long until V8 begins with it. Set
// before anything is compiled, as the flags are part of the cache's key; other versions have other flags.
if (process.versions.v8.startsWith('11.')) setFlagsFromString('--interrupt-budget=600000')

const requirePackage = createRequire(import.meta.url)
const directory = fileURLToPath(new URL('.', import.meta.url))

const readIfThere = (file) => {
  try {
    return readFileSync(file)
  } catch {
    return undefined
  }
}

/** A file beside this one in the module wrapper of CommonJS, compiled but not run. */
export const compile = (name) => {
  const file = `${directory}${name}`
  return new Script(
    `(function (exports, require, module, __filename, __dirname) {${readFileSync(file, 'utf8')}\n})`,
    { filename: file, cachedData: readIfThere(`${file}.cache`) },
  )
}

/** Every file that was run, by name, with its script. */
export const loaded = new Map()
const modules = new Map()

/** Runs a file beside this one, once, and gives its exports; it may require its neighbours as `./NAME`, and packages. */
export const load = (name) => {
  const known = modules.get(name)
  if (known !== undefined) return known.exports
  const module = { exports: {} }
  modules.set(name, module)
  const script = compile(name)
  loaded.set(name, script)
  const requireFrom = (wanted) => (wanted.startsWith('./') ? load(wanted.slice(2)) : requirePackage(wanted))
  script.runInThisContext()(module.exports, requireFrom, module, `${directory}${name}`, directory)
  return module.exports
}
