/** DNS messages (RFC 1035, EDNS0 of RFC 6891): from a query's bytes to a response's. */
import { decode, encode, TRUNCATED_RESPONSE, type Answer, type Packet } from 'dns-packet'
import type { DnsAnswer, DnsData, DnsQuestion, DnsRecord } from './dns-records.ts'

/** What a response says beside its records; the numbers are DNS' RCODEs. */
export type ResponseCode = 'NOERROR' | 'FORMERR' | 'SERVFAIL' | 'NXDOMAIN' | 'NOTIMP' | 'REFUSED'

const responseCodes: Record<ResponseCode, number> = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
}

/** A bridge carries 1500 bytes; larger UDP answers would be fragmented. */
const largestDatagram = 1432
const smallestDatagram = 512

export interface DnsQuery {
  readonly id: number
  readonly recursionDesired: boolean
  readonly question: DnsQuestion & { readonly class: string }
  /** The largest UDP answer that the client takes, bytes; undefined without EDNS0. */
  readonly edns: number | undefined
}

export type ParsedQuery =
  | { readonly ok: true; readonly query: DnsQuery }
  /** `id` is undefined when not even a header is there: no answer then. */
  | { readonly ok: false; readonly id: number | undefined; readonly code: ResponseCode }

export const parseQuery = (bytes: Buffer): ParsedQuery => {
  if (bytes.length < 12) return { ok: false, id: undefined, code: 'FORMERR' }
  const id = bytes.readUInt16BE(0)
  // A response: answering it could make two servers talk for ever.
  if ((bytes.readUInt8(2) & 0x80) !== 0) return { ok: false, id: undefined, code: 'FORMERR' }
  if ((bytes.readUInt8(2) & 0x78) !== 0) return { ok: false, id, code: 'NOTIMP' }
  let packet: Packet
  try {
    packet = decode(bytes)
  } catch {
    return { ok: false, id, code: 'FORMERR' }
  }
  const [question, ...more] = packet.questions ?? []
  if (question === undefined || more.length > 0) return { ok: false, id, code: 'FORMERR' }
  const option = packet.additionals?.find((record) => record.type === 'OPT')
  return {
    ok: true,
    query: {
      id,
      recursionDesired: (bytes.readUInt8(2) & 0x01) !== 0,
      question: { name: question.name, type: question.type, class: question.class ?? 'IN' },
      edns: option?.type === 'OPT' ? option.udpPayloadSize : undefined,
    },
  }
}

const wireRecord = (record: DnsRecord, domain: string): Answer => {
  const { name, ttl } = record
  switch (record.type) {
    case 'A':
      return { type: 'A', name, ttl, data: record.address }
    case 'SRV':
      return {
        type: 'SRV',
        name,
        ttl,
        data: { port: record.port, target: record.target, priority: 0, weight: 100 },
      }
    case 'CNAME':
    case 'PTR':
    case 'NS':
      return { type: record.type, name, ttl, data: record.target }
    case 'TXT':
      return { type: 'TXT', name, ttl, data: record.text }
    case 'SOA':
      return {
        type: 'SOA',
        name,
        ttl,
        data: {
          mname: `ns.dns.${domain}`,
          rname: `hostmaster.${domain}`,
          serial: 1,
          refresh: 7200,
          retry: 1800,
          expire: 86_400,
          minimum: ttl,
        },
      }
  }
}

/** `dns-packet` knows flags as a number: AA 0x400, RD 0x100, RA 0x80. */
const flagsOf = (query: DnsQuery, code: ResponseCode, authoritative: boolean): number =>
  responseCodes[code] | (authoritative ? 0x400 : 0) | (query.recursionDesired ? 0x100 : 0) | 0x80

const envelope = (query: DnsQuery, code: ResponseCode, authoritative: boolean): Packet => ({
  type: 'response',
  id: query.id,
  flags: flagsOf(query, code, authoritative),
  // The client compares the question with its own: name and type go back as they came.
  questions: [rawQuestion(query)],
})

const rawQuestion = (query: DnsQuery): NonNullable<Packet['questions']>[number] =>
  // eslint-disable-next-line typescript/no-unsafe-type-assertion -- dns-packet writes UNKNOWN_<number> types too
  query.question as NonNullable<Packet['questions']>[number]

const option = (query: DnsQuery): Answer[] =>
  query.edns === undefined
    ? []
    : [
        {
          type: 'OPT',
          name: '.',
          udpPayloadSize: largestDatagram,
          flags: 0,
          options: [],
          extendedRcode: 0,
          ednsVersion: 0,
          flag_do: false,
        },
      ]

/** Without records: SERVFAIL, REFUSED and so on. */
export const failureResponse = (query: DnsQuery, code: ResponseCode): Buffer =>
  encode({ ...envelope(query, code, false), additionals: option(query) })

/** When the query could not be read. */
export const unreadableResponse = (id: number, code: ResponseCode): Buffer =>
  encode({ type: 'response', id, flags: responseCodes[code], questions: [] })

/** Denials carry the zone's SOA, so that resolvers cache them for its `minimum` only (RFC 2308). */
export const answerResponse = (query: DnsQuery, answer: DnsAnswer, data: DnsData): Buffer => {
  const { domain } = data
  const denied: DnsRecord[] = answer.answers.length === 0 ? [{ type: 'SOA', name: domain, ttl: 5 }] : []
  return encode({
    ...envelope(query, answer.exists ? 'NOERROR' : 'NXDOMAIN', true),
    answers: answer.answers.map((record) => wireRecord(record, domain)),
    authorities: denied.map((record) => wireRecord(record, domain)),
    additionals: [...answer.additionals.map((record) => wireRecord(record, domain)), ...option(query)],
  })
}

/** Cuts a response for UDP: what does not fit is left out and the flag TC asks the client to come by TCP. */
export const fitDatagram = (response: Buffer, query: DnsQuery): Buffer => {
  const limit = Math.min(Math.max(query.edns ?? smallestDatagram, smallestDatagram), largestDatagram)
  if (response.length <= limit) return response
  const packet = decode(response)
  const withoutExtras = encode({ ...packet, additionals: option(query) })
  if (withoutExtras.length <= limit) return withoutExtras
  const answers = [...(packet.answers ?? [])]
  for (;;) {
    answers.splice(Math.floor(answers.length / 2))
    const cut = encode({
      ...packet,
      flags: (packet.flags ?? 0) | TRUNCATED_RESPONSE,
      answers,
      authorities: [],
      additionals: option(query),
    })
    if (cut.length <= limit || answers.length === 0) return cut
  }
}
