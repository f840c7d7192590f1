/** What `weft doctor` knows of a host: the words that `weft up` says too where it cannot go on. */
import type { HostFinding } from '../../cli/instance-port.ts'

export type { HostFinding }

export const fine = (check: string, message: string): HostFinding => ({ check, level: 'ok', message })

export const warning = (check: string, message: string, advice: string): HostFinding => ({
  ...{ check, level: 'warning', message, advice },
})

export const missing = (check: string, message: string, advice: string): HostFinding => ({
  ...{ check, level: 'missing', message, advice },
})
