/** Formats of text that schemas and CEL share. */
const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i
const DATE = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/
const URI = /^(?:[A-Za-z][A-Za-z0-9+.-]*:|\/)\S*$/

/** RFC 4122, with or without dashes. */
export const isUuid = (text: string): boolean => UUID.test(text)

/** A full-date of RFC 3339. */
export const isDate = (text: string): boolean => DATE.test(text)

/** An absolute URI or an absolute path (RFC 3986). */
export const isUri = (text: string): boolean => URI.test(text)
