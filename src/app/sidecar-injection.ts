import type { Mutator } from '../apiserver/admission.ts'
import { injectSidecar } from '../inject/inject-sidecar.ts'
import { defaultInjectionSettings } from '../inject/injection-settings.ts'
import { withMeshConfig } from '../inject/proxy-config-annotation.ts'
import { fail, ok } from '../primitives/result.ts'
import type { Pod } from '../resources/core/pod.ts'
import type { Log } from '../primitives/log.ts'
import { packageVersion } from './package-version.ts'

/** Adds the sidecar to pods as they are created, by the labels that Istio uses. `meshConfig` gives the text in force. */
export const sidecarInjection = (meshConfig: () => string, log: Log): Mutator => {
  const builtIn = defaultInjectionSettings(packageVersion())
  return ({ operation, kind, subresource, namespace, object }) => {
    if (operation !== 'CREATE' || subresource !== undefined || kind.kind !== 'Pod' || kind.group !== '')
      return ok(object)
    const pod = object as Pod
    const outcome = injectSidecar({
      pod,
      namespace: { name: pod.metadata.namespace ?? 'default', labels: namespace?.metadata.labels ?? {} },
      settings: withMeshConfig(builtIn, meshConfig()),
    })
    if (!outcome.ok) {
      const message = `admission webhook "namespace.sidecar-injector.istio.io" denied the request: ${outcome.error}`
      return fail({ code: 400, reason: 'BadRequest', message })
    }
    log('sidecar decision', {
      pod: pod.metadata.name,
      injected: outcome.value.changed,
      why: outcome.value.why,
    })
    return ok(outcome.value.pod)
  }
}
