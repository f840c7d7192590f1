/** Backends of routes of the Gateway API that do not exist, have not the port, or are not granted. */
import { numberAt, objectsAt } from '../../mesh/translate/json-reader.ts'
import type { Analyzer } from '../analyzer.ts'
import { finding } from '../finding.ts'
import type { Finding } from '../finding.ts'
import { backendReferences, gatewayRoutes, hasBackends, parentReferences } from '../gateway-routes.ts'
import type { ObjectReference } from '../gateway-routes.ts'
import { kinds } from '../kind-keys.ts'
import { lookUp } from '../object-lookup.ts'
import type { AnalysisObject, ObjectSet } from '../object-set.ts'
import { isGranted, missingGrant } from '../reference-grants.ts'

const portFindings = (
  route: AnalysisObject,
  service: AnalysisObject,
  { port, path }: ObjectReference,
): readonly Finding[] => {
  const ports = objectsAt(service.spec, 'ports').flatMap((one) => numberAt(one, 'port') ?? [])
  if (port === undefined || ports.length === 0 || ports.includes(port)) return []
  return [
    finding('WFT0206', route, [`${service.namespace}/${service.name}`, port], {
      field: `${path}.port`,
      fix: `the Service has ${ports.join(', ')}`,
    }),
  ]
}

/** A route whose Gateway or another backend is here comes with its application. */
const isWithApplication = (set: ObjectSet, route: AnalysisObject): boolean =>
  hasBackends(set, route) ||
  parentReferences(route).some(
    ({ namespace, name }) => set.find(kinds.kubernetesGateway, namespace, name) !== undefined,
  )

/** A route of the mesh, which its callers' proxies carry out, may lead anywhere. */
const isOfMesh = (route: AnalysisObject): boolean =>
  parentReferences(route).every(({ group, kind }) => group === '' && kind === 'Service')

const analyzeBackend = (
  set: ObjectSet,
  route: AnalysisObject,
  backend: ObjectReference,
): readonly Finding[] => {
  const { group, kind, namespace, name, path } = backend
  if (group !== '' || kind !== 'Service' || name === '') return []
  const wanted = { key: kinds.service, namespace, name }
  const found = lookUp(set, wanted, isWithApplication(set, route))
  if (found.state === 'unknown') return []
  const shown = `${namespace}/${name}`
  if (found.state === 'missing') {
    return [finding('WFT0205', route, [shown], { field: `${path}.name`, ...found.suggestion })]
  }
  const granted =
    isOfMesh(route) || isGranted(set, route, backend)
      ? []
      : [
          finding('WFT0207', route, [`Service ${shown}`, namespace], {
            field: `${path}.namespace`,
            fix: missingGrant(route, backend),
          }),
        ]
  return [...granted, ...portFindings(route, found.object, backend)]
}

export const weftRouteBackends: Analyzer = {
  name: 'weft.RouteBackendAnalyzer',
  description: 'Checks the backends of routes of the Gateway API',
  codes: ['WFT0205', 'WFT0206', 'WFT0207'],
  analyze: (set) =>
    gatewayRoutes(set).flatMap((route) =>
      backendReferences(route).flatMap((backend) => analyzeBackend(set, route, backend)),
    ),
}
