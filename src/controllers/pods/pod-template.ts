import { controllerReference } from '../../machinery/object-meta.ts'
import type { Pod, PodTemplateSpec } from '../../resources/core/pod.ts'
import type { KubeObject } from '../../resources/kube-object.ts'

/** A pod of the template that `owner` controls, to be named by the API server. */
export const podFromTemplate = (owner: KubeObject, template: PodTemplateSpec | undefined): Pod => {
  const { namespace, name } = owner.metadata
  const { labels, annotations, finalizers } = template?.metadata ?? {}
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: '',
      generateName: `${name}-`,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
      ...(finalizers === undefined ? {} : { finalizers }),
      ownerReferences: [controllerReference(owner)],
    },
    spec: template?.spec ?? { containers: [] },
  }
}
