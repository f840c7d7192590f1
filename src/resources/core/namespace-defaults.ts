/** Kubernetes' defaults of a Namespace: active, and labelled with its name so that selectors can name it. */
import { fill } from '../fill-defaults.ts'
import type { Namespace } from './namespace.ts'

const NAMESPACE_NAME_LABEL = 'kubernetes.io/metadata.name'

export const withNamespaceDefaults = (namespace: Namespace): Namespace => {
  const { metadata } = namespace
  const labelled =
    // Null counts as absent, and a generated name comes later.
    (metadata.name ?? '') === ''
      ? namespace
      : {
          ...namespace,
          metadata: {
            ...metadata,
            labels: { ...metadata.labels, [NAMESPACE_NAME_LABEL]: metadata.name },
          },
        }
  return { ...labelled, status: fill(labelled.status ?? {}, { phase: 'Active' }) }
}
