/**
 * Builds dist/ from the sources: the processes of an instance (dist/src/app) and the programs of the image catalogue
 * (dist/images), each with the code that several of them share in files beside them. Few files, because Node takes longer
 * to find and link hundreds of modules than most commands take to run; not minified, so that stack traces can be read.
 */
import { readdirSync } from 'node:fs'
import { chmod, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const project = dirname(dirname(fileURLToPath(import.meta.url)))

const mainsBelow = (folder) =>
  readdirSync(join(project, folder), { recursive: true })
    .filter((path) => /(?:^|[-/])main\.ts$/.test(path))
    .map((path) => path.replace(/\.ts$/, ''))

/** What stays a package: native code, code that reads its own files, and what containers are shown in node_modules. */
const external = [/^lmdb$/, /^@grpc\/grpc-js$/, /^send$/]

const bundle = async (folder) => {
  const build = await rolldown({
    cwd: project,
    input: Object.fromEntries(mainsBelow(folder).map((path) => [path, `${folder}/${path}.ts`])),
    platform: 'node',
    external,
    tsconfig: false,
    onLog: (_level, log) => {
      throw new Error(log.message)
    },
  })
  // One directory, as deep as the sources: what a file finds beside or above itself is where its source has it.
  await build.write({
    dir: `dist/${folder}`,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'shared-[name].js',
  })
  await build.close()
}

await rm(join(project, 'dist'), { recursive: true, force: true })
await bundle('src/app')
await bundle('images')
await chmod(join(project, 'dist/src/app/weft-main.js'), 0o755)
