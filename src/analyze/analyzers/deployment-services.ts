/** Deployments whose Services contradict each other about a port. */
import { numberAt, objectsAt, textAt, textMapAt } from '../../mesh/translate/json-reader.ts'
import type { Analyzer } from '../analyzer.ts'
import { finding } from '../finding.ts'
import type { Finding } from '../finding.ts'
import { groupBy } from '../group-by.ts'
import { kinds } from '../kind-keys.ts'
import { isDeploymentInMesh, podTemplateOf } from '../mesh-membership.ts'
import type { AnalysisObject, ObjectSet } from '../object-set.ts'
import { isEmptySelector, selects } from '../selector.ts'

interface ServicePort {
  readonly service: string
  readonly port: number
  readonly protocol: string
  /** A number or the name of a container's port; the port itself where nothing is said. */
  readonly target: string
}

const portsOf = ({ spec, fullName }: AnalysisObject): readonly ServicePort[] =>
  objectsAt(spec, 'ports').map((port) => {
    const number = numberAt(port, 'port') ?? 0
    const target = String(numberAt(port, 'targetPort') ?? textAt(port, 'targetPort') ?? '')
    return {
      service: fullName,
      port: number,
      protocol: textAt(port, 'protocol') ?? 'TCP',
      target: target === '' || target === '0' ? String(number) : target,
    }
  })

const servicesOf = (set: ObjectSet, deployment: AnalysisObject): readonly AnalysisObject[] => {
  const { labels } = podTemplateOf(deployment)
  return set.of(kinds.service).filter(({ spec, namespace }) => {
    const selector = textMapAt(spec, 'selector')
    return namespace === deployment.namespace && !isEmptySelector(selector) && selects(selector, labels)
  })
}

const distinct = <Value extends string | number>(values: readonly Value[]): readonly Value[] =>
  [...new Set(values)].sort((left, right) => (left < right ? -1 : 1))

const analyzeDeployment = (set: ObjectSet, subject: AnalysisObject): readonly Finding[] => {
  const ports = servicesOf(set, subject).flatMap(portsOf)
  const place = { field: 'metadata.name' }
  return [
    ...[...groupBy(ports, ({ port }) => String(port)).values()].flatMap((same) => {
      if (distinct(same.map(({ protocol }) => protocol)).length < 2) return []
      const services = same.map(({ service }) => service).sort()
      return [finding('IST0116', subject, [subject.name, same[0]?.port ?? 0, services], place)]
    }),
    ...[...groupBy(ports, ({ target }) => target)].flatMap(([target, same]) => {
      const numbers = distinct(same.map(({ port }) => port))
      if (numbers.length < 2) return []
      // One service per port number, the last one, as Istio counts them.
      const byPort = new Map(same.map(({ port, service }) => [port, service]))
      const services = [...byPort.values()].sort()
      return [finding('IST0137', subject, [subject.name, services, target, numbers], place)]
    }),
  ]
}

const isWaypoint = ({ labels }: AnalysisObject): boolean =>
  labels['gateway.istio.io/managed'] === 'istio.io-mesh-controller'

export const deploymentServices: Analyzer = {
  name: 'deployment.MultiServiceAnalyzer',
  description: 'Checks the Services of Deployments',
  codes: ['IST0116', 'IST0137'],
  analyze: (set) =>
    set
      .of(kinds.deployment)
      .filter((deployment) => !isWaypoint(deployment) && isDeploymentInMesh(set, deployment))
      .flatMap((deployment) => analyzeDeployment(set, deployment)),
}
