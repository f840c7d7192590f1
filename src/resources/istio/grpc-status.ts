/** The canonical status codes of gRPC by name (google.rpc.Code). */
const NAMES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
]

/** The number of a status; undefined for what is no name of one. */
export const grpcStatusCode = (name: string): number | undefined => {
  const code = NAMES.indexOf(name)
  return code < 0 ? undefined : code
}

export const grpcStatusProblem = (name: string): string | undefined =>
  NAMES.includes(name) ? undefined : 'is no gRPC status; write its name, e.g. UNAVAILABLE'
