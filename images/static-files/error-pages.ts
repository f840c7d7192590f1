import { STATUS_CODES } from 'node:http'
import { escapeHtml } from '../http/answers.ts'

/** nginx's page of an error. */
export const nginxError =
  (product: string) =>
  (code: number): string => {
    const title = code === 301 ? '301 Moved Permanently' : `${code} ${STATUS_CODES[code] ?? ''}`.trimEnd()
    const lines = [
      '<html>',
      `<head><title>${title}</title></head>`,
      '<body>',
      `<center><h1>${title}</h1></center>`,
      `<hr><center>${product}</center>`,
      '</body>',
      '</html>',
    ]
    return `${lines.join('\r\n')}\r\n`
  }

const apacheReason = (code: number, path: string): string => {
  const shown = escapeHtml(path)
  if (code === 301) return `The document has moved <a href="${shown}/">here</a>.`
  if (code === 403) return "You don't have permission to access this resource."
  if (code === 404) return 'The requested URL was not found on this server.'
  if (code === 405) return 'The requested method is not allowed for this URL.'
  return 'The server encountered an error.'
}

/** httpd's page of an error. */
export const apacheError = (code: number, path: string): string => {
  const title = STATUS_CODES[code] ?? ''
  return `<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">
<html><head>
<title>${code} ${title}</title>
</head><body>
<h1>${title}</h1>
<p>${apacheReason(code, path)}</p>
</body></html>
`
}
