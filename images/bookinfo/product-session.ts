/** Who is signed in: a name in a cookie, as any name may sign in. */
import type { IncomingMessage } from 'node:http'

const cookieName = 'session'

/** The signed-in user of a request; the empty text when nobody is. */
export const userOf = (request: IncomingMessage): string => {
  const cookies = (request.headers.cookie ?? '').split(';').map((part) => part.trim().split('='))
  const value = cookies.find(([name]) => name === cookieName)?.[1] ?? ''
  return Buffer.from(value, 'base64url').toString('utf8')
}

/** Set-Cookie for a user; the empty text signs out. */
export const sessionCookie = (user: string): string =>
  user === ''
    ? `${cookieName}=; Path=/; Max-Age=0; HttpOnly`
    : `${cookieName}=${Buffer.from(user).toString('base64url')}; Path=/; HttpOnly`
