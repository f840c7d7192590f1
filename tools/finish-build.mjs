// After tsc: puts beside its output what tsc does not write (generated JavaScript), and makes the command executable.
import { chmod, cp, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const project = dirname(dirname(fileURLToPath(import.meta.url)))

/** Folders of generated JavaScript: copied as they lie, without the types. */
const generatedFolders = ['src/xds/proto/generated']
const command = 'dist/src/app/weft-main.js'

const exists = (path) =>
  stat(path).then(
    () => true,
    (error) => {
      if (error.code === 'ENOENT') return false
      throw error
    },
  )

for (const folder of generatedFolders) {
  const to = join(project, 'dist', folder)
  await rm(to, { recursive: true, force: true })
  await cp(join(project, folder), to, { recursive: true, filter: (path) => !path.endsWith('.d.ts') })
}
if (await exists(join(project, command))) await chmod(join(project, command), 0o755)
