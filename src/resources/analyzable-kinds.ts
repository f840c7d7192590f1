/** The kinds whose objects can be checked: those that the API server serves, and Istio's others. */
import { allKinds } from './all-kinds.ts'
import { checkedIstioKinds } from './istio/checked-kinds.ts'
import type { Kind } from './kind.ts'

export const analyzableKinds: readonly Kind[] = [...allKinds, ...checkedIstioKinds]
