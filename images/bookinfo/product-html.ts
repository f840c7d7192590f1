/** The pages of Bookinfo's product page. */
import { escapeHtml } from '../http/answers.ts'
import type { Asked } from './product-services.ts'

const style = `body { color: #1f2937; font-family: system-ui, sans-serif; margin: 0; }
header { align-items: center; background: #f3f4f6; display: flex; gap: 1rem; justify-content: space-between; padding: 0.75rem 1.5rem; }
main { display: grid; gap: 2rem; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); padding: 1.5rem; }
main > p, main > h1 { grid-column: 1 / -1; margin: 0; }
blockquote { margin: 0 0 1.5rem; }
cite { color: #4b5563; }
dt { font-weight: 600; } dd { margin: 0 0 0.5rem; }
.error { color: #b91c1c; font-weight: 600; }`

const pageOf = (title: string, body: string): string => `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title}</title>
    <style>${style}</style>
  </head>
  <body>
${body}
  </body>
</html>
`

const recordOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {}

const textOf = (value: unknown): string =>
  escapeHtml(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))

const errorHtml = (title: string, { value }: Asked): string =>
  `<section class="error"><h2>Error fetching product ${title}!</h2><p>${textOf(recordOf(value)['error'])}</p></section>`

const detailRows: readonly (readonly [string, string])[] = [
  ['ISBN-10', 'ISBN-10'],
  ['Publisher', 'publisher'],
  ['Pages', 'pages'],
  ['Type', 'type'],
  ['Language', 'language'],
]

const detailsHtml = (details: Asked): string => {
  if (details.status !== 200) return errorHtml('details', details)
  const values = recordOf(details.value)
  const rows = detailRows.map(([label, key]) => `<dt>${label}</dt><dd>${textOf(values[key])}</dd>`)
  return `<section><h2>Book Details</h2><dl>${rows.join('')}</dl></section>`
}

const mostStars = 5

const ratingHtml = (value: unknown): string => {
  if (value === undefined) return ''
  const { stars, color, error } = recordOf(value)
  if (typeof stars !== 'number') return `<p class="error">${textOf(error)}</p>`
  const filled = Math.max(0, Math.min(mostStars, stars))
  const glyphs = '★'.repeat(filled) + '☆'.repeat(mostStars - filled)
  return `<p role="img" aria-label="${stars} of ${mostStars} stars" style="color: ${textOf(color)}">${glyphs}</p>`
}

const reviewHtml = (value: unknown): string => {
  const { reviewer, text, rating } = recordOf(value)
  return `<blockquote><p>${textOf(text)}</p><cite>${textOf(reviewer)}</cite>${ratingHtml(rating)}</blockquote>`
}

const reviewsHtml = (reviews: Asked): string => {
  if (reviews.status !== 200) return errorHtml('reviews', reviews)
  const { reviews: list, podname, clustername } = recordOf(reviews.value)
  const shown = Array.isArray(list) ? list.map(reviewHtml).join('') : ''
  const cluster = clustername === 'null' ? '' : ` on ${textOf(clustername)}`
  return `<section><h2>Book Reviews</h2>${shown}<p>Reviews served by: <b>${textOf(podname)}</b>${cluster}</p></section>`
}

const sessionHtml = (user: string): string =>
  user === ''
    ? '<form action="login" method="post"><label>User Name <input name="username" required></label> <label>Password <input name="passwd" type="password"></label> <button>Sign in</button></form>'
    : `<span>${escapeHtml(user)} (<a href="logout">sign out</a>)</span>`

export interface Product {
  readonly title: string
  readonly descriptionHtml: string
}

/** The page of one book, with what details and reviews answered. */
export const productHtml = (
  product: Product,
  asked: { readonly details: Asked; readonly reviews: Asked },
  user: string,
): string =>
  pageOf(
    'Simple Bookstore App',
    `<header><b>BookInfo Sample</b>${sessionHtml(user)}</header>
<main><h1>${escapeHtml(product.title)}</h1><p>Summary: ${product.descriptionHtml}</p>
${detailsHtml(asked.details)}
${reviewsHtml(asked.reviews)}</main>`,
  )

/** The start page. */
export const indexHtml = (): string =>
  pageOf(
    'Simple Bookstore App',
    `<main><h1>Hello! This is a simple bookstore application consisting of three services</h1>
<section><ul><li>productpage asks details and reviews</li><li>reviews asks ratings (version 2 and 3)</li></ul>
<p><a href="productpage?u=normal">Normal user</a></p><p><a href="productpage?u=test">Test user</a></p></section></main>`,
  )
