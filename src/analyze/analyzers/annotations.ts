/** Istio's annotations on objects: unknown, deprecated, misplaced or with a wrong value. */
import { didYouMean } from '../../resources/did-you-mean.ts'
import type { Analyzer } from '../analyzer.ts'
import { annotationProblem } from '../annotation-values.ts'
import { finding } from '../finding.ts'
import type { Finding } from '../finding.ts'
import { kinds } from '../kind-keys.ts'
import { knownAnnotations } from '../known-annotations.ts'
import type { AnalysisObject } from '../object-set.ts'

const INJECT = 'sidecar.istio.io/inject'

/** Set by Istio itself. */
const AUTOMATIC: ReadonlySet<string> = new Set([
  'sidecar.istio.io/status',
  'gateway.istio.io/controller-version',
  'istio.io/rev',
])

const isIstios = (name: string): boolean =>
  name === 'kubernetes.io/ingress.class' || (name.split('/')[0] ?? '').endsWith('istio.io')

const replacementOf = (name: string): string =>
  name === INJECT ? ' in favor of the "sidecar.istio.io/inject" label' : ''

const analyzeAnnotation = (subject: AnalysisObject, name: string, value: string): readonly Finding[] => {
  const known = knownAnnotations.get(name)
  const place = { field: `metadata.annotations[${name}]` }
  if (known === undefined) {
    const meant = didYouMean(name, [...knownAnnotations.keys()])
    const fix = meant === undefined ? {} : { fix: `did you mean ${meant}?` }
    return [finding('IST0108', subject, [name], { ...place, ...fix })]
  }
  // Who has the label too knows about it, and keeps the annotation for older versions.
  const isReplaced = name === INJECT && subject.labels[INJECT] !== undefined
  const deprecated =
    known.isDeprecated === true && !isReplaced
      ? [finding('IST0135', subject, [name, replacementOf(name)], place)]
      : []
  if (known.kinds.includes('Any')) return deprecated
  if (!known.kinds.includes(subject.kind)) {
    return [...deprecated, finding('IST0107', subject, [name, known.kinds.join(', ')], place)]
  }
  const problem = annotationProblem(name, value)
  return problem === undefined
    ? deprecated
    : [...deprecated, finding('IST0125', subject, [name, problem], place)]
}

export const annotations: Analyzer = {
  name: 'annotations.K8sAnalyzer',
  description: "Checks Istio's annotations on Kubernetes objects",
  codes: ['IST0107', 'IST0108', 'IST0125', 'IST0135'],
  analyze: (set) =>
    [kinds.namespace, kinds.service, kinds.pod, kinds.deployment].flatMap((kind) =>
      set.of(kind).flatMap((subject) =>
        Object.entries(subject.annotations)
          .filter(([name]) => isIstios(name) && !AUTOMATIC.has(name))
          .flatMap(([name, value]) => analyzeAnnotation(subject, name, value)),
      ),
    ),
}
