/** Telemetry objects whose selectors select nothing, or the same pods, or that have none beside another. */
import { objectAt, textMapAt } from '../../mesh/translate/json-reader.ts'
import type { Analyzer } from '../analyzer.ts'
import { kinds } from '../kind-keys.ts'
import { defaultConflicts, selectorConflicts } from './selector-conflicts.ts'

export const telemetrySelectors: Analyzer = {
  name: 'telemetry.SelectorAnalyzer',
  description: 'Checks that the selectors of Telemetry objects select pods, and none twice',
  codes: ['IST0101', 'IST0159'],
  analyze: (set) => {
    const selecting = set.of(kinds.telemetry).map((owner) => ({
      owner,
      selector: textMapAt(objectAt(owner.spec, 'selector'), 'matchLabels'),
      path: 'spec.selector.matchLabels',
    }))
    return selectorConflicts(set, selecting, 'IST0159', () => false)
  },
}

export const telemetryDefaults: Analyzer = {
  name: 'telemetry.DefaultSelectorAnalyzer',
  description: 'Checks that at most one Telemetry of a namespace has no selector',
  codes: ['IST0160'],
  analyze: (set) =>
    defaultConflicts(
      set.of(kinds.telemetry).filter(({ spec }) => objectAt(spec, 'selector') === undefined),
      'IST0160',
    ),
}
