/** Pod's row in the table of kinds. */
import { defineKind } from '../define-kind.ts'
import { podColumns } from './pod-columns.ts'
import { withPodDefaults } from './pod-defaults.ts'
import type { Pod } from './pod.ts'
import { validatePod } from './validate-pod.ts'

export const podKind = defineKind<Pod>({
  group: '',
  kind: 'Pod',
  plural: 'pods',
  requiresSpec: true,
  shortNames: ['po'],
  categories: ['all'],
  namespaced: true,
  versions: ['v1'],
  subresources: {
    status: true,
    others: ['log', 'exec', 'attach', 'portforward', 'proxy', 'eviction', 'binding'],
  },
  columns: podColumns,
  applyDefaults: withPodDefaults,
  validate: validatePod,
})
