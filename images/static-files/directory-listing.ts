import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { escapeHtml } from '../http/answers.ts'

const link = (name: string): string =>
  `<li><a href="${escapeHtml(encodeURI(name))}"> ${escapeHtml(name)}</a></li>`

/** The page `Index of PATH` as httpd's mod_autoindex writes it; undefined when there is no such directory. */
export const directoryListing = (root: string, path: string): string | undefined => {
  let names: string[]
  try {
    names = readdirSync(join(root, decodeURIComponent(path)), { withFileTypes: true }).map(
      (entry) => `${entry.name}${entry.isDirectory() ? '/' : ''}`,
    )
  } catch {
    return undefined
  }
  const parent = path === '/' ? [] : ['<li><a href="../"> Parent Directory</a></li>']
  const shown = names.filter((name) => !name.startsWith('.')).toSorted()
  const title = `Index of ${escapeHtml(path === '/' ? '/' : path.slice(0, -1))}`
  return `<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">
<html>
 <head>
  <title>${title}</title>
 </head>
 <body>
<h1>${title}</h1>
<ul>${[...parent, ...shown.map(link)].join('\n')}
</ul>
</body></html>
`
}
