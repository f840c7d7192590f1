import { parseIpv4 } from '../primitives/cidr.ts'
import { CodedError } from '../primitives/coded-error.ts'
import { everyAddress, type PublishedPort } from '../primitives/host-port.ts'
import { isJsonObject } from '../primitives/json-value.ts'

/** `weft up --publish none`: no port is published any more. */
const nothing = 'none'

const wrong = (text: string, why: string): CodedError =>
  new CodedError(
    'wrong-usage',
    `--publish ${text}: ${why}; write [IP:]HOSTPORT:GATEWAYPORT, such as 8080:80 (every address of this host) or 127.0.0.1:8080:80, or none`,
  )

const portOf = (text: string, word: string): number => {
  const port = /^\d{1,5}$/.test(word) ? Number(word) : 0
  if (port > 0 && port < 65_536) return port
  throw wrong(text, `${JSON.stringify(word)} is no port from 1 to 65535`)
}

const parseOne = (text: string): PublishedPort => {
  const words = text.split(':')
  const [gatewayPort = '', hostPort = '', address = everyAddress] = words.toReversed()
  if (words.length < 2 || words.length > 3) throw wrong(text, 'it does not have two or three parts')
  if (parseIpv4(address) === undefined) throw wrong(text, `${JSON.stringify(address)} is no IPv4 address`)
  return { address, port: portOf(text, hostPort), servicePort: portOf(text, gatewayPort) }
}

/**
 * The values of `--publish`, in docker's form `[IP:]HOSTPORT:GATEWAYPORT`; undefined when none is given: what was
 * published before stays so. Throws `wrong-usage`.
 */
export const parsePublished = (texts: readonly string[] = []): readonly PublishedPort[] | undefined => {
  if (texts.length === 0) return undefined
  if (texts.includes(nothing)) {
    if (texts.length > 1) throw wrong(nothing, 'it stands beside ports to publish')
    return []
  }
  const published = texts.map(parseOne)
  const places = published.map(({ address, port }) => `${address}:${port}`)
  const twice = places.find((place, index) => places.indexOf(place) !== index)
  if (twice !== undefined) throw wrong(texts.join(' --publish '), `${twice} stands there twice`)
  return published
}

/** What the instance's configuration file says. */
export const readPublished = (value: unknown): readonly PublishedPort[] =>
  (Array.isArray(value) ? value : []).flatMap((entry: unknown) => {
    if (!isJsonObject(entry)) return []
    const { address, port, servicePort } = entry
    return typeof address === 'string' && typeof port === 'number' && typeof servicePort === 'number'
      ? [{ address, port, servicePort }]
      : []
  })

/** As docker writes it: `0.0.0.0:8080->80`. */
export const publishedText = ({ address, port, servicePort }: PublishedPort): string =>
  `${address}:${port}->${servicePort}`
