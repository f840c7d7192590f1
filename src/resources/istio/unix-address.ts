/** Addresses of unix domain sockets, as Istio's objects write them. */
export const UNIX = 'unix://'

/** An abstract socket begins with `@`; else it is an absolute path to a file. */
export const unixPathProblem = (address: string): string | undefined => {
  const path = address.slice(UNIX.length)
  if (path === '') return 'unix address must not be empty; write unix:///path/to/socket'
  return path.startsWith('@') || (path.startsWith('/') && !path.endsWith('/'))
    ? undefined
    : `${path} is not an absolute path to a file`
}

/** What Istio's CustomResourceDefinitions ask of workloads: an abstract socket has no name with `/` at its end either. */
export const workloadSocketProblem = (address: string): string | undefined =>
  unixPathProblem(address) ?? (address.endsWith('/') ? 'UDS may not be a dir' : undefined)
