/** Kubernetes' Status (meta/v1) as the one failure of the read and write ports. */
import type { JsonObject } from '../primitives/json-value.ts'

export interface StatusCause {
  readonly reason: string
  readonly message: string
  readonly field?: string
}

export interface StatusDetails {
  readonly name?: string
  readonly group?: string
  readonly kind?: string
  readonly uid?: string
  readonly causes?: readonly StatusCause[]
  readonly retryAfterSeconds?: number
}

/** `code` is the HTTP status; `reason` one of Kubernetes' reasons (NotFound, Conflict, Invalid, Expired, ...). */
export interface FailureStatus {
  readonly code: number
  readonly reason: string
  readonly message: string
  readonly details?: StatusDetails
  /** metadata.continue: how a list that cannot go on as it began may go on. */
  readonly continue?: string
}

export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: FailureStatus

  constructor(status: FailureStatus, options?: { readonly cause?: unknown }) {
    super(status.message, options)
    this.status = status
  }
}

export const isApiError = (thrown: unknown, code?: number): thrown is ApiError =>
  thrown instanceof ApiError && (code === undefined || thrown.status.code === code)

/** The Status object that goes over the wire. */
export const statusObject = (status: FailureStatus): JsonObject => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: status.continue === undefined ? {} : { continue: status.continue },
  status: 'Failure',
  message: status.message,
  reason: status.reason,
  ...(status.details === undefined ? {} : { details: JSON.parse(JSON.stringify(status.details)) }),
  code: status.code,
})
