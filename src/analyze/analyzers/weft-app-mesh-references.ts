/** References between objects of App Mesh to what does not exist, and targets on ports that nothing listens on. */
import { numberAt, objectAt, objectsAt } from '../../mesh/translate/json-reader.ts'
import type { Analyzer } from '../analyzer.ts'
import { appMeshKey, appMeshReferences, appMeshRoutes } from '../app-mesh-references.ts'
import type { WeightedTarget } from '../app-mesh-references.ts'
import { finding } from '../finding.ts'
import type { Finding } from '../finding.ts'
import { lookUp } from '../object-lookup.ts'
import type { AnalysisObject, ObjectSet } from '../object-set.ts'

const REFERRING = ['BackendGroup', 'GatewayRoute', 'VirtualNode', 'VirtualRouter', 'VirtualService']

const missing = (set: ObjectSet, owner: AnalysisObject): readonly Finding[] =>
  appMeshReferences(owner).flatMap(({ kind, namespace, name, path }) => {
    const found = lookUp(set, { key: appMeshKey(kind), namespace, name }, true)
    if (found.state !== 'missing') return []
    return [
      finding('WFT0301', owner, [kind, `${namespace}/${name}`], {
        field: `${path}.name`,
        ...found.suggestion,
      }),
    ]
  })

const wrongPort = (
  set: ObjectSet,
  router: AnalysisObject,
  { reference, port, path }: WeightedTarget,
): readonly Finding[] => {
  if (reference === undefined || port === undefined) return []
  const node = set.find(appMeshKey('VirtualNode'), reference.namespace, reference.name)
  const ports = objectsAt(node?.spec, 'listeners').flatMap(
    (listener) => numberAt(objectAt(listener, 'portMapping'), 'port') ?? [],
  )
  if (ports.length === 0 || ports.includes(port)) return []
  return [
    finding('WFT0302', router, [`${reference.namespace}/${reference.name}`, port], {
      field: `${path}.port`,
      fix: `the VirtualNode listens on ${ports.join(', ')}`,
    }),
  ]
}

export const weftAppMeshReferences: Analyzer = {
  name: 'weft.AppMeshReferenceAnalyzer',
  description: 'Checks what objects of App Mesh refer to',
  codes: ['WFT0301', 'WFT0302'],
  analyze: (set) => [
    ...REFERRING.flatMap((kind) => set.of(appMeshKey(kind)).flatMap((owner) => missing(set, owner))),
    ...set
      .of(appMeshKey('VirtualRouter'))
      .flatMap((router) =>
        appMeshRoutes(router).flatMap(({ targets }) =>
          targets.flatMap((target) => wrongPort(set, router, target)),
        ),
      ),
  ],
}
