/** The safe repairs of a text, one after the other until none is left. */
import { parseManifests } from '../manifests/parse-manifests.ts'
import { applyRepair } from '../manifests/repair.ts'
import type { Repair } from '../manifests/repair.ts'
import { findFieldRepair } from './field-repairs.ts'

/** More than any text by hand has; each one is a reading of the whole text. */
const MOST_REPAIRS = 500

/** The text as it should be written; the same text when there is nothing to repair, or nothing that is safe. */
export const repairText = (original: string, name: string): string => {
  const mark = original.startsWith('\uFEFF') ? '\uFEFF' : ''
  let text = original.slice(mark.length)
  for (let count = 0; count < MOST_REPAIRS; count += 1) {
    const { objects, errors } = parseManifests(text, name)
    const broken = errors.find(({ repair }) => repair !== undefined)?.repair
    // Places in objects that were read in spite of errors are those of a repaired text.
    const repair = broken ?? (errors.length === 0 ? findFieldRepair(objects, text) : undefined)
    const next = repair === undefined ? text : applyRepair(text, repair)
    if (next === text) break
    text = next
  }
  return mark + text
}

/**
 * The lines to write for one repair of a text, with the fields in them repaired too: what --fix writes there.
 * The repair itself where other repairs move its lines.
 */
export const completeRepair = (original: string, repair: Repair): Repair => {
  const applied = applyRepair(original, repair).split('\n')
  const fixed = repairText(applied.join('\n'), '').split('\n')
  if (fixed.length !== applied.length) return repair
  const first = repair.firstLine - 1
  const lines = fixed.slice(first, first + repair.lines.length).map((line) => line.replace(/\r$/, ''))
  return { ...repair, lines }
}
