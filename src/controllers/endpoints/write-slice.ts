import { isApiError } from '../../machinery/api-error.ts'
import type { ClusterPort } from '../../machinery/ports.ts'
import { resources } from '../controller-context.ts'
import type { SliceAction } from './plan-slices.ts'

/** Carries out one planned action; a slice that is gone already needs no deletion. */
export const writeSlice = async (
  cluster: ClusterPort,
  { type, slice }: SliceAction,
  signal: AbortSignal,
): Promise<void> => {
  switch (type) {
    case 'create':
      await cluster.create(resources.endpointSlices, slice, signal)
      return
    case 'update':
      await cluster.update(resources.endpointSlices, slice, { signal })
      return
    case 'delete':
      await cluster.delete(resources.endpointSlices, slice.metadata, { signal }).catch((error: unknown) => {
        if (!isApiError(error, 404)) throw error
      })
  }
}
