/** Field errors as text, in the words of k8s.io/apimachinery/pkg/util/validation/field. */
import type { JsonValue } from '../primitives/json-value.ts'
import type { FieldError } from './kind.ts'

export const required = (field: string, message = ''): FieldError => ({
  field,
  reason: 'FieldValueRequired',
  message,
})

export const invalid = (field: string, value: JsonValue, message: string): FieldError => ({
  field,
  reason: 'FieldValueInvalid',
  message,
  value,
})

export const duplicate = (field: string, value: JsonValue, message = ''): FieldError => ({
  field,
  reason: 'FieldValueDuplicate',
  message,
  value,
})

export const forbidden = (field: string, message: string): FieldError => ({
  field,
  reason: 'FieldValueForbidden',
  message,
})

export const notFound = (field: string, value: JsonValue, message = ''): FieldError => ({
  field,
  reason: 'FieldValueNotFound',
  message,
  value,
})

export const notSupported = (field: string, value: JsonValue, supported: readonly string[]): FieldError => ({
  field,
  reason: 'FieldValueNotSupported',
  message: `supported values: ${supported.map((text) => JSON.stringify(text)).join(', ')}`,
  value,
})

export const tooLong = (field: string, message: string): FieldError => ({
  field,
  reason: 'FieldValueTooLong',
  message,
})

/** More items or entries than there may be. */
export const tooMany = (field: string, actual: number, most: number): FieldError => ({
  field,
  reason: 'FieldValueTooMany',
  message: `must have at most ${most} items`,
  value: actual,
})

const SUMMARIES: Readonly<Record<FieldError['reason'], string>> = {
  FieldValueRequired: 'Required value',
  FieldValueInvalid: 'Invalid value',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueForbidden: 'Forbidden',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueTypeInvalid: 'Invalid value',
  FieldValueNotFound: 'Not found',
  FieldValueTooLong: 'Too long',
  FieldValueTooMany: 'Too many',
}

const LONGEST_SHOWN = 200

const shown = (value: JsonValue): string => {
  const text = JSON.stringify(value)
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}...` : text
}

/** The text after the field's path: what a Status cause carries as its message. */
export const fieldErrorDetail = ({ reason, value, message }: FieldError): string => {
  const parts = [SUMMARIES[reason], ...(value === undefined ? [] : [shown(value)])]
  return [...parts, ...(message === '' ? [] : [message])].join(': ')
}

/** e.g. `spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive`. */
export const formatFieldError = (error: FieldError): string => `${error.field}: ${fieldErrorDetail(error)}`
