/** Looks for an object that another names, where not all objects of a cluster may be at hand. */
import { didYouMean } from '../resources/did-you-mean.ts'
import type { AnalysisObject, ObjectSet } from './object-set.ts'
import { suggest } from './suggestions.ts'
import type { Suggestion } from './suggestions.ts'

/** `missing` carries what was probably meant; `unknown`: it may well exist, but not among these objects. */
export type Lookup =
  | { readonly state: 'found'; readonly object: AnalysisObject }
  | { readonly state: 'missing'; readonly suggestion: Suggestion }
  | { readonly state: 'unknown' }

export interface Wanted {
  readonly key: string
  readonly namespace: string
  readonly name: string
}

/**
 * What is absent is missing in a complete set, where a like name or its namesake in another namespace shows what went
 * wrong, and, with `isTold`, in a namespace of which other objects of the kind are here.
 */
export const lookUp = (set: ObjectSet, { key, namespace, name }: Wanted, isTold: boolean): Lookup => {
  const object = set.find(key, namespace, name)
  if (object !== undefined) return set.isAmbiguous(object) ? { state: 'unknown' } : { state: 'found', object }
  const known = set.of(key)
  const near = known.filter((one) => one.namespace === namespace).map((one) => one.name)
  const meant = didYouMean(name, near)
  if (meant !== undefined) return { state: 'missing', suggestion: suggest(meant) }
  const namesake = known.find((one) => one.name === name)
  if (namesake !== undefined) {
    return { state: 'missing', suggestion: { fix: `there is one in namespace ${namesake.namespace}` } }
  }
  if (!set.isComplete && !(isTold && near.length > 0)) return { state: 'unknown' }
  const shown = near.length === 0 ? {} : { fix: `namespace ${namespace} has ${[...near].sort().join(', ')}` }
  return { state: 'missing', suggestion: shown }
}
