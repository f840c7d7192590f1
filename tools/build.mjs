/**
 * Builds dist/ from the sources: the processes of an instance and the command (dist/src/app), and the programs of the image
 * catalogue (dist/images), each with the code that several of them share in files beside them. Few files, because Node takes
 * longer to find and link hundreds of modules than most commands take to run; not minified, so that stack traces can be read.
 * The command, which starts most often, has V8's code cache too (tools/load-compiled.mjs).
 */
import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { cp, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const project = dirname(dirname(fileURLToPath(import.meta.url)))

const command = 'weft-main'

const mainsBelow = (folder) =>
  readdirSync(join(project, folder), { recursive: true })
    .filter((path) => /(?:^|[-/])main\.ts$/.test(path))
    .map((path) => path.replace(/\.ts$/, ''))

/** What stays a package: native code, code that reads its own files, and what containers are shown in node_modules. */
const external = [/^lmdb$/, /^@grpc\/grpc-js$/, /^send$/]

/** Into one directory, as deep as the sources: what a file finds beside or above itself is where its source has it. */
const bundle = async (folder, mains, output) => {
  const build = await rolldown({
    cwd: project,
    input: Object.fromEntries(mains.map((path) => [path, `${folder}/${path}.ts`])),
    platform: 'node',
    external,
    tsconfig: false,
    onLog: (_level, log) => {
      throw new Error(log.message)
    },
  })
  await build.write({ dir: `dist/${folder}`, ...output })
  await build.close()
}

const modules = { format: 'esm', entryFileNames: '[name].js', chunkFileNames: 'shared-[name].js' }
/** Only scripts have a code cache in Node 20. */
const scripts = { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: 'command-[name].cjs' }

const app = join(project, 'dist/src/app')

await rm(join(project, 'dist'), { recursive: true, force: true })
await bundle('images', mainsBelow('images'), modules)
await bundle(
  'src/app',
  mainsBelow('src/app').filter((main) => main !== command),
  modules,
)
await bundle('src/app', [command], scripts)
await cp(join(project, 'tools/load-compiled.mjs'), join(app, 'load-compiled.js'))
const start = `#!/usr/bin/env node\nimport { load } from './load-compiled.js'\nload('${command}.cjs')\n`
await writeFile(join(app, `${command}.js`), start, { mode: 0o755 })
execFileSync(
  process.execPath,
  [
    join(project, 'tools/write-code-cache.mjs'),
    join(app, `${command}.cjs`),
    'analyze',
    '--fail-on',
    'never',
    'examples',
  ],
  { cwd: project },
)
