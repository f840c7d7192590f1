/** Fields of older versions of Istio that are gone, and what stands for them now. */

const renamed: readonly (readonly [field: RegExp, replacement: string])[] = [
  [/\.fault\.(?:abort|delay)\.percent$/, 'since Istio 1.0 it is percentage: {value: 50} (0 to 100)'],
  [/\.mirror_?percent$/, 'since Istio 1.4 it is mirrorPercentage: {value: 50} (0 to 100)'],
  [/\.outlierDetection\.consecutiveErrors$/, 'since Istio 1.5 it is consecutive5xxErrors'],
  [/\.match\[\d+\]\.(?:websocketUpgrade)$/, 'WebSockets need no field any more; remove it'],
  [/\.appendHeaders$/, 'since Istio 1.1 it is headers: {request: {add: {…}}}'],
  [/\.appendResponseHeaders$/, 'since Istio 1.1 it is headers: {response: {add: {…}}}'],
  [/\.removeResponseHeaders$/, 'since Istio 1.1 it is headers: {response: {remove: [...]}}'],
]

/** What to write instead of a field that no version has any more; undefined for all others. */
export const renamedField = (path: string): string | undefined =>
  renamed.find(([field]) => field.test(path))?.[1]
