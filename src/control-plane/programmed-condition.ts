/** The condition `Programmed` of an Istio object: whether the proxies run what the user wrote. */
import { describeFinding, type Finding } from '../mesh/model/finding.ts'
import type { ObjectDelivery } from './delivery.ts'

export interface ProgrammedCondition {
  readonly type: 'Programmed'
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason: 'Programmed' | 'Pending' | 'Rejected' | 'UnresolvedReferences' | 'UnsupportedFields'
  readonly message: string
  readonly observedGeneration: number
}

export interface ObjectStanding {
  readonly generation: number
  /** The generation in use: lower than `generation` while a newer one is held back. */
  readonly inUse: number
  readonly unresolved: readonly Finding[]
  readonly unsupported: readonly Finding[]
  readonly delivery: ObjectDelivery
  /** Proxies that serve traffic and are not connected: what they hold nobody knows. */
  readonly missing: readonly string[]
}

export const programmedCondition = (standing: ObjectStanding): ProgrammedCondition => {
  const { generation, delivery, unresolved, unsupported } = standing
  const base = { type: 'Programmed', observedGeneration: generation } as const
  if (unresolved.length > 0) {
    const message = `${unresolved.map(describeFinding).join('. ')} (${inForce(standing)})`
    return { ...base, status: 'False', reason: 'UnresolvedReferences', message }
  }
  if (delivery.rejections.length > 0) {
    const words = delivery.rejections.map(({ proxy, message }) => `${proxy}: ${message}`).join('; ')
    return {
      ...base,
      status: 'False',
      reason: 'Rejected',
      message: `${delivery.rejections.length}/${delivery.needed} proxies rejected generation ${generation} and keep what they had: ${words}`,
    }
  }
  if (delivery.waitingFor.length > 0 || standing.missing.length > 0) {
    return { ...base, status: 'Unknown', reason: 'Pending', message: pendingMessage(standing) }
  }
  const message =
    delivery.needed === 0
      ? `no connected proxy needs generation ${generation}`
      : `${delivery.acknowledged}/${delivery.needed} proxies acknowledged generation ${generation}`
  return unsupported.length > 0
    ? {
        ...base,
        status: 'False',
        reason: 'UnsupportedFields',
        message: unsupported.map(describeFinding).join('. '),
      }
    : { ...base, status: 'True', reason: 'Programmed', message }
}

/** A missing proxy counts among those that need the object: it may hold an older form of it. */
const pendingMessage = ({ generation, delivery, missing }: ObjectStanding): string => {
  const { acknowledged, needed, waitingFor } = delivery
  const [only] = missing
  return [
    `${acknowledged}/${needed + missing.length} proxies acknowledged generation ${generation}`,
    ...(waitingFor.length > 0 ? [`waiting for ${some(waitingFor)}`] : []),
    ...(missing.length > 1 ? [`${missing.length} running proxies have not connected: ${some(missing)}`] : []),
    ...(missing.length === 1 && only !== undefined ? [`1 running proxy has not connected: ${only}`] : []),
  ].join('; ')
}

const inForce = ({ generation, inUse, unresolved }: ObjectStanding): string => {
  if (inUse !== generation) return `generation ${inUse} stays in use`
  return unresolved.every(({ kept }) => kept === true)
    ? 'what was deleted stays in use until no route names it'
    : 'requests to what does not exist are answered 503'
}

/** The first few names: a message is for reading. */
const some = (names: readonly string[]): string =>
  names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`
