/** Applications that run as the sidecar's user, so that their traffic is not captured. */
import { numberAt, objectAt, objectsAt, textAt } from '../../mesh/translate/json-reader.ts'
import type { JsonObject } from '../../primitives/json-value.ts'
import type { Analyzer } from '../analyzer.ts'
import { finding } from '../finding.ts'
import type { Finding } from '../finding.ts'
import { kinds } from '../kind-keys.ts'
import { PROXY_CONTAINER, isControlPlane } from '../mesh-membership.ts'
import type { AnalysisObject } from '../object-set.ts'

const PROXY_USER = 1337

const runsAsProxy = (holder: JsonObject | undefined): boolean =>
  numberAt(objectAt(holder, 'securityContext'), 'runAsUser') === PROXY_USER

const analyzePodSpec = (
  subject: AnalysisObject,
  podSpec: JsonObject | undefined,
  path: string,
): readonly Finding[] => {
  if (isControlPlane(subject)) return []
  const fields = [
    ...(runsAsProxy(podSpec) ? [`${path}.securityContext.runAsUser`] : []),
    ...objectsAt(podSpec, 'containers').flatMap((container, index) => {
      const name = textAt(container, 'name')
      if (name === PROXY_CONTAINER || name === 'istio-operator' || !runsAsProxy(container)) return []
      return [`${path}.containers[${index}].securityContext.runAsUser`]
    }),
  ]
  return fields.map((field) => finding('IST0144', subject, [], { field }))
}

export const applicationUser: Analyzer = {
  name: 'applicationUID.Analyzer',
  description: "Checks that no application runs as the sidecar's user",
  codes: ['IST0144'],
  analyze: (set) => [
    ...set.of(kinds.pod).flatMap((pod) => analyzePodSpec(pod, pod.spec, 'spec')),
    ...set
      .of(kinds.deployment)
      .flatMap((deployment) =>
        analyzePodSpec(
          deployment,
          objectAt(objectAt(deployment.spec, 'template'), 'spec'),
          'spec.template.spec',
        ),
      ),
  ],
}
