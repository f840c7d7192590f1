/** `status.conditions`: finding one, and the time of its last transition. */
import { timestampOf } from '../primitives/timestamp.ts'

interface Transition {
  readonly status: 'True' | 'False' | 'Unknown'
  readonly lastTransitionTime?: string
}

export const findCondition = <T extends { readonly type: string }>(
  conditions: readonly T[] | undefined,
  type: string,
): T | undefined => conditions?.find((condition) => condition.type === type)

/** When the condition got its status: `now` (milliseconds) when the status is new or changed, else as it was. */
export const transitionTime = (
  known: Transition | undefined,
  status: Transition['status'],
  now: number,
): string => (known?.status === status ? known.lastTransitionTime : undefined) ?? timestampOf(now)
