/** SPDY/3 header blocks: length-prefixed names and values in one zlib stream per direction (draft 3, 2.6.10). */
import { inflateRawSync, constants } from 'node:zlib'
import { CodedError, messageOf } from '../../primitives/coded-error.ts'

/** Names are lower case; several values of a name are joined with NUL by the sender. */
export type SpdyHeaders = Readonly<Record<string, string>>

const dictionaryWords =
  'options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age ' +
  'allow authorization cache-control connection content-base content-encoding content-language content-length ' +
  'content-location content-md5 content-range content-type date etag expect expires from host if-match ' +
  'if-modified-since if-none-match if-range if-unmodified-since last-modified location max-forwards pragma ' +
  'proxy-authenticate proxy-authorization range referer retry-after server te trailer transfer-encoding upgrade ' +
  'user-agent vary via warning www-authenticate method get status 200+OK version HTTP/1.1 url public set-cookie ' +
  'keep-alive origin'

const dictionaryTail =
  '100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505' +
  '203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized' +
  '403 Forbidden404 Not Found500 Internal Server Error501 Not Implemented503 Service Unavailable' +
  'Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMT' +
  'chunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,' +
  'text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.'

const withLength = (text: string): Buffer => {
  const bytes = Buffer.from(text)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

/** The compression dictionary of the specification; its Adler-32 is 0xe3c6a7c2. */
export const spdyDictionary = (): Buffer =>
  Buffer.concat([
    ...dictionaryWords.split(' ').map((word) => withLength(word.replace('+', ' '))),
    Buffer.from(dictionaryTail),
  ])

const zlibHeaderWithDictionary = Buffer.from([0x78, 0xbb, 0xe3, 0xc6, 0xa7, 0xc2])
const largestStoredBlock = 0xffff
/** An empty stored block: Go's reader gives what it has only when it meets one. */
const flushBlock = Buffer.from([0, 0, 0, 0xff, 0xff])

/**
 * Gives the bytes of one block after the other. Blocks are stored, not compressed: a few hundred bytes per stream are
 * not worth a compressor's memory, and every zlib reader takes stored blocks.
 */
export const createHeaderWriter = (): ((headers: SpdyHeaders) => Buffer) => {
  let prefix = zlibHeaderWithDictionary
  return (headers) => {
    const entries = Object.entries(headers)
    const count = Buffer.alloc(4)
    count.writeUInt32BE(entries.length)
    const block = Buffer.concat([
      count,
      ...entries.flatMap(([name, value]) => [withLength(name.toLowerCase()), withLength(value)]),
    ])
    if (block.length > largestStoredBlock)
      throw new CodedError('spdy-headers-too-long', 'SPDY headers too long')
    const stored = Buffer.alloc(5)
    stored.writeUInt16LE(block.length, 1)
    stored.writeUInt16LE(block.length ^ 0xffff, 3)
    const bytes = Buffer.concat([prefix, stored, block, flushBlock])
    prefix = Buffer.alloc(0)
    return bytes
  }
}

const window = 32 * 1024
/** No client sends headers of this size; a compressed block must not fill the memory. */
const largestBlock = 256 * 1024

const parseBlock = (block: Buffer): SpdyHeaders => {
  const headers: Record<string, string> = {}
  let position = 4
  const text = (): string => {
    const length = block.readUInt32BE(position)
    if (position + 4 + length > block.length) throw new RangeError('header block ends early')
    const value = block.toString('utf8', position + 4, position + 4 + length)
    position += 4 + length
    return value
  }
  for (let left = block.readUInt32BE(0); left > 0; left -= 1) {
    const name = text().toLowerCase()
    headers[name] = text()
  }
  return headers
}

/**
 * Reads one block after the other. Each ends at a flush, so that it inflates alone when the 32 KiB before it are given
 * as the dictionary. Throws CodedError `spdy-headers-broken`; the session cannot go on then.
 */
export const createHeaderReader = (): ((bytes: Buffer) => SpdyHeaders) => {
  let history: Buffer | undefined
  return (bytes) => {
    try {
      // zlib's own header: two bytes, and four of the dictionary's checksum when bit 5 says so (RFC 1950).
      const first = history === undefined
      const skip = first ? ((bytes[1] ?? 0) & 0x20 ? 6 : 2) : 0
      const dictionary = history ?? spdyDictionary()
      const block = inflateRawSync(bytes.subarray(skip), {
        dictionary,
        finishFlush: constants.Z_SYNC_FLUSH,
        maxOutputLength: largestBlock,
      })
      history = Buffer.concat([dictionary, block]).subarray(-window)
      return parseBlock(block)
    } catch (error) {
      throw new CodedError('spdy-headers-broken', `SPDY header block: ${messageOf(error)}`, { cause: error })
    }
  }
}
