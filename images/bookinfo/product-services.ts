/** What the product page asks of the other services. */
import { ask } from '../http/ask.ts'

export interface ServiceAddresses {
  /** `http://host:port` each. */
  readonly details: string
  readonly reviews: string
  readonly ratings: string
}

export interface Asked {
  readonly status: number
  /** The service's JSON; or `{error}` in the page's words. */
  readonly value: unknown
}

type Headers = Readonly<Record<string, string>>

/** The page waits 3 s for each answer. */
const timeout = 3000

const sorry = (what: string): unknown => ({
  error: `Sorry, product ${what} are currently unavailable for this book.`,
})

const askService = async (url: string, headers: Headers, what: string): Promise<Asked> => {
  try {
    const { status, body } = await ask(url, { headers, timeout })
    if (status !== 200) return { status, value: sorry(what) }
    const value: unknown = JSON.parse(body)
    return { status, value }
  } catch {
    return { status: 500, value: sorry(what) }
  }
}

export const askDetails = (services: ServiceAddresses, id: number, headers: Headers): Promise<Asked> =>
  askService(`${services.details}/details/${id}`, headers, 'details')

export const askRatings = (services: ServiceAddresses, id: number, headers: Headers): Promise<Asked> =>
  askService(`${services.ratings}/ratings/${id}`, headers, 'ratings')

/** Twice: the original has this on purpose, for the task on fault injection. */
export const askReviews = async (
  services: ServiceAddresses,
  id: number,
  headers: Headers,
): Promise<Asked> => {
  const first = await askService(`${services.reviews}/reviews/${id}`, headers, 'reviews')
  return first.status === 200 ? first : askService(`${services.reviews}/reviews/${id}`, headers, 'reviews')
}
