import type { ReplicaSet } from '../../resources/apps/replica-set.ts'
import { createPods, deletePods, type OwnedPodsOptions, type PodFailure } from '../pods/owned-pods.ts'
import { podFromTemplate } from '../pods/pod-template.ts'
import type { ScaleAction } from './plan-replica-set.ts'

/** Carries out a planned scaling; gives what went wrong. */
export const scalePods = async (
  options: OwnedPodsOptions,
  plan: { readonly replicaSet: ReplicaSet; readonly action: ScaleAction; readonly now: number },
  signal: AbortSignal,
): Promise<PodFailure | undefined> => {
  const { replicaSet: owner, action, now } = plan
  switch (action.type) {
    case 'createPods': {
      const pods = Array.from({ length: action.count }, () => podFromTemplate(owner, owner.spec.template))
      return createPods(options, { owner, pods, now }, signal)
    }
    case 'deletePods':
      return deletePods(options, { owner, pods: action.pods, now }, signal)
    case 'nothing':
      return undefined
  }
}
