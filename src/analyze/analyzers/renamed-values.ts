/** Values and fields that Istio still takes and has renamed since. */
import type { Analyzer } from '../analyzer.ts'
import { oldValues } from '../old-values.ts'

export const renamedValues: Analyzer = {
  name: 'weft.RenamedValueAnalyzer',
  description: 'Checks for values and fields that have a new name',
  codes: ['WFT0003'],
  analyze: oldValues,
}
