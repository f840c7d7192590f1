/** Sidecars whose selectors select nothing, or the same pods, or that have none beside another. */
import { objectAt, textMapAt } from '../../mesh/translate/json-reader.ts'
import { isAmbientNamespace, isAmbientPod } from '../ambient.ts'
import type { Analyzer } from '../analyzer.ts'
import { finding } from '../finding.ts'
import { kinds } from '../kind-keys.ts'
import type { AnalysisObject, ObjectSet } from '../object-set.ts'
import { isEmptySelector, selects } from '../selector.ts'
import { defaultConflicts, selectorConflicts } from './selector-conflicts.ts'
import type { Selecting } from './selector-conflicts.ts'

const selectingOf = (owner: AnalysisObject): Selecting => ({
  owner,
  selector: textMapAt(objectAt(owner.spec, 'workloadSelector'), 'labels'),
  path: 'spec.workloadSelector.labels',
})

/** Why a Sidecar has no effect; undefined when it may have one. */
const ineffectiveReason = (set: ObjectSet, { owner, selector }: Selecting): string | undefined => {
  if (isEmptySelector(selector)) {
    const namespace = set.find(kinds.namespace, '', owner.namespace)
    return namespace !== undefined && isAmbientNamespace(namespace)
      ? 'namespace is in ambient mode, the policy has no impact'
      : undefined
  }
  const isAmbient = set
    .of(kinds.pod)
    .some((pod) => pod.namespace === owner.namespace && selects(selector, pod.labels) && isAmbientPod(pod))
  return isAmbient ? 'selected workload is in ambient mode, the policy has no impact' : undefined
}

export const sidecarSelectors: Analyzer = {
  name: 'sidecar.SelectorAnalyzer',
  description: 'Checks that the selectors of Sidecars select pods, and none twice',
  codes: ['IST0101', 'IST0110', 'IST0111', 'IST0167'],
  analyze: (set) => {
    const sidecars = set.of(kinds.sidecar).map(selectingOf)
    const reasons = sidecars.map((one) => ({ ...one, reason: ineffectiveReason(set, one) }))
    const defaults = reasons.filter(
      ({ selector, reason }) => isEmptySelector(selector) && reason === undefined,
    )
    return [
      ...selectorConflicts(set, sidecars, 'IST0110', isAmbientPod),
      ...defaultConflicts(
        defaults.map(({ owner }) => owner),
        'IST0111',
      ),
      ...reasons.flatMap(({ owner, reason }) =>
        reason === undefined ? [] : [finding('IST0167', owner, [reason])],
      ),
    ]
  },
}
