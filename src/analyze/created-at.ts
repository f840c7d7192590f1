/** When an object was made, for order by age. */
import { objectAt, textAt, wholeOf } from '../mesh/translate/json-reader.ts'
import type { AnalysisObject } from './object-set.ts'

/** RFC 3339; empty for objects of files, which do not say it. */
export const createdAt = ({ object }: AnalysisObject): string =>
  textAt(objectAt(wholeOf(object), 'metadata'), 'creationTimestamp') ?? ''
