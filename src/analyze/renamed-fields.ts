/** Fields of older versions of Istio, and what stands for them now, with the release of istio.io/api that brought it. */

const renamed: readonly (readonly [field: RegExp, replacement: string])[] = [
  [/\.fault\.(?:abort|delay)\.percent$/, 'since Istio 1.1 it is percentage: {value: 50} (0 to 100)'],
  [/\.mirror_?[pP]ercent$/, 'since Istio 1.5 it is mirrorPercentage: {value: 50} (0 to 100)'],
  [/\.outlierDetection\.consecutiveErrors$/, 'since Istio 1.5 it is consecutive5xxErrors'],
  [/\.corsPolicy\.allowOrigin$/, 'since Istio 1.5 it is allowOrigins: [{exact: "https://example.com"}]'],
  [/\.warmupDurationSecs$/, 'since Istio 1.24 it is warmup: {duration: 10s}'],
  [/\.websocketUpgrade$/, 'since Istio 1.5 WebSockets need no field any more; remove it'],
  [/\.append(?:Request)?Headers$/, 'since Istio 1.1 it is headers: {request: {add: {…}}}'],
  [/\.removeRequestHeaders$/, 'since Istio 1.1 it is headers: {request: {remove: [...]}}'],
  [/\.appendResponseHeaders$/, 'since Istio 1.1 it is headers: {response: {add: {…}}}'],
  [/\.removeResponseHeaders$/, 'since Istio 1.1 it is headers: {response: {remove: [...]}}'],
]

/** What to write instead of a field that was renamed; undefined for all others. */
export const renamedField = (path: string): string | undefined =>
  renamed.find(([field]) => field.test(path))?.[1]
