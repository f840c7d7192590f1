/** Pods whose proxy is another image than injection would give them now. */
import { objectAt, textAt } from '../../mesh/translate/json-reader.ts'
import type { Analyzer } from '../analyzer.ts'
import { finding } from '../finding.ts'
import { groupBy } from '../group-by.ts'
import { kinds } from '../kind-keys.ts'
import { PROXY_CONTAINER, containersOf } from '../mesh-membership.ts'
import type { AnalysisObject, ObjectSet } from '../object-set.ts'
import { imageType } from '../proxy-image-type.ts'
import { injectorName, injectorValues } from './injection.ts'

const INJECTOR_PREFIX = 'istio-sidecar-injector'

/** The image that an injector writes: a whole reference, or a name below hub with a tag. */
const injectedImage = (configMap: AnalysisObject): string => {
  const global = objectAt(injectorValues(configMap), 'global')
  const image = textAt(objectAt(global, 'proxy'), 'image') ?? ''
  return image.includes('/')
    ? image
    : `${textAt(global, 'hub') ?? ''}/${image}:${textAt(global, 'tag') ?? ''}`
}

/** The revision whose injector serves a namespace; undefined when none does. */
const revisionOf = (namespace: AnalysisObject | undefined): string | undefined => {
  const revision = namespace?.labels['istio.io/rev']
  if (revision !== undefined) return revision
  return namespace?.labels['istio-injection'] === 'enabled' ? 'default' : undefined
}

const isOutdated = (set: ObjectSet, pod: AnalysisObject, images: ReadonlyMap<string, string>): boolean => {
  const revision = revisionOf(set.find(kinds.namespace, '', pod.namespace))
  const expected = revision === undefined ? undefined : images.get(injectorName(revision))
  if (expected === undefined || (pod.annotations['sidecar.istio.io/proxyImage'] ?? '') !== '') return false
  const accepted = [expected, `${expected}-${imageType(set, pod)}`]
  return containersOf(pod.spec).some(
    (container) =>
      textAt(container, 'name') === PROXY_CONTAINER && !accepted.includes(textAt(container, 'image') ?? ''),
  )
}

export const injectionImage: Analyzer = {
  name: 'injection.ImageAnalyzer',
  description: 'Checks the proxy images of pods against the configuration of injection',
  codes: ['IST0158'],
  analyze: (set) => {
    const images = new Map(
      set
        .of(kinds.configMap)
        .filter(({ name }) => name.startsWith(INJECTOR_PREFIX))
        .map((configMap) => [configMap.name, injectedImage(configMap)]),
    )
    const outdated = set.of(kinds.pod).filter((pod) => isOutdated(set, pod, images))
    return [...groupBy(outdated, ({ namespace }) => namespace)].flatMap(([namespace, pods]) => {
      const subject = set.find(kinds.namespace, '', namespace)
      if (subject === undefined) return []
      return [finding('IST0158', subject, [pods.map(({ name }) => name).sort()])]
    })
  },
}
