import { objectKey } from '../../cluster/object-change.ts'
import type { Pod } from '../../resources/core/pod.ts'

/** The claims that a pod mounts, as keys. */
export const claimKeysOf = ({ metadata, spec }: Pod): readonly string[] =>
  (spec.volumes ?? []).flatMap(({ persistentVolumeClaim }) =>
    persistentVolumeClaim === undefined
      ? []
      : [objectKey({ ...metadata, name: persistentVolumeClaim.claimName })],
  )
