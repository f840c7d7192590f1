/** Certificates that listeners of the Gateway API name: whether the Secret is there, usable and granted. */
import { objectAt, objectsAt } from '../../mesh/translate/json-reader.ts'
import type { Analyzer } from '../analyzer.ts'
import { finding } from '../finding.ts'
import type { Finding } from '../finding.ts'
import { listenersOf } from '../gateway-listeners.ts'
import { readReference } from '../gateway-routes.ts'
import type { ObjectReference } from '../gateway-routes.ts'
import { kinds } from '../kind-keys.ts'
import { lookUp } from '../object-lookup.ts'
import type { AnalysisObject, ObjectSet } from '../object-set.ts'
import { isGranted, missingGrant } from '../reference-grants.ts'
import { secretProblem } from '../secret-problem.ts'

const certificatesOf = (gateway: AnalysisObject): readonly ObjectReference[] =>
  listenersOf(gateway).flatMap(({ spec, path }) =>
    objectsAt(objectAt(spec, 'tls'), 'certificateRefs').map((reference, index) =>
      readReference(reference, `${path}.tls.certificateRefs[${index}]`, {
        group: '',
        kind: 'Secret',
        namespace: gateway.namespace,
      }),
    ),
  )

const analyzeCertificate = (
  set: ObjectSet,
  gateway: AnalysisObject,
  certificate: ObjectReference,
): readonly Finding[] => {
  const { group, kind, namespace, name, path } = certificate
  if (group !== '' || kind !== 'Secret') return []
  // Secrets are seldom among the files of an application, whatever else is.
  const found = lookUp(set, { key: kinds.secret, namespace, name }, false)
  if (found.state === 'unknown') return []
  const shown = `${namespace}/${name}`
  if (found.state === 'missing') {
    return [
      finding('WFT0208', gateway, [shown, 'it does not exist'], {
        field: `${path}.name`,
        ...found.suggestion,
      }),
    ]
  }
  const problem = secretProblem(found.object, set.now)
  return [
    ...(isGranted(set, gateway, certificate)
      ? []
      : [
          finding('WFT0207', gateway, [`Secret ${shown}`, namespace], {
            field: `${path}.namespace`,
            fix: missingGrant(gateway, certificate),
          }),
        ]),
    ...(problem === undefined
      ? []
      : [finding('WFT0208', gateway, [shown, problem], { field: `${path}.name` })]),
  ]
}

export const weftListenerCertificates: Analyzer = {
  name: 'weft.ListenerCertificateAnalyzer',
  description: 'Checks the certificates of listeners of the Gateway API',
  codes: ['WFT0207', 'WFT0208'],
  analyze: (set) =>
    set
      .of(kinds.kubernetesGateway)
      .flatMap((gateway) =>
        certificatesOf(gateway).flatMap((certificate) => analyzeCertificate(set, gateway, certificate)),
      ),
}
