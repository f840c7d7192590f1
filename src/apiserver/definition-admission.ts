/** CustomResourceDefinitions on their way into the store: names against those of the others, conditions, stored versions. */
import { messageOf } from '../primitives/coded-error.ts'
import { ok } from '../primitives/result.ts'
import { timestampOf } from '../primitives/timestamp.ts'
import { isDefinition } from '../resources/apiextensions/custom-kind.ts'
import type { CustomResourceDefinition } from '../resources/apiextensions/custom-resource-definition.ts'
import { withSettledStatus } from '../resources/apiextensions/definition-status.ts'
import { definitionKind } from '../resources/apiextensions/definition-kind.ts'
import type { Clock } from '../primitives/clock.ts'
import type { Log } from '../primitives/log.ts'
import type { Mutator } from './admission.ts'
import type { ServedKinds } from './served-kinds.ts'
import { decodeStored, encodeStored, objectKey } from './stored-object.ts'

interface Surroundings {
  readonly served: ServedKinds
  readonly clock: Clock
  readonly log: Log
}

/** The definition with the status that its names and those of the others give it. */
export const settledDefinition = <T extends CustomResourceDefinition>(
  definition: T,
  { served, clock }: Pick<Surroundings, 'served' | 'clock'>,
): T =>
  withSettledStatus(definition, {
    taken: served.namesBeside(definition),
    isBuiltIn: served.isBuiltIn(definition.spec.group, definition.spec.names.plural),
    now: timestampOf(clock.now()),
  })

const hasVersions = ({ spec }: CustomResourceDefinition): boolean => Array.isArray(spec.versions)

/** Sets the status of definitions when their spec is written. */
export const definitionStatus =
  (surroundings: Surroundings): Mutator =>
  ({ object }) =>
    ok(
      object.kind === 'CustomResourceDefinition' && isDefinition(object) && hasVersions(object)
        ? settledDefinition(object, surroundings)
        : object,
    )

const settleOne = async (name: string, surroundings: Surroundings): Promise<void> => {
  const { store } = surroundings.served
  const stored = store.get(objectKey(definitionKind, undefined, name))
  if (stored === undefined) return
  const definition = decodeStored(definitionKind, 'apiextensions.k8s.io/v1', stored)
  if (!isDefinition(definition)) return
  const next = settledDefinition(definition, surroundings)
  if (next !== definition) {
    await store.compareAndSwap(stored.key, stored.revision, encodeStored(definitionKind, next))
  }
}

/** Names that become free go to the definitions that wait for them; runs after every change of the kinds. */
export const settleConflicts = async (surroundings: Surroundings): Promise<void> => {
  for (const definition of surroundings.served.conflicted()) {
    try {
      await settleOne(definition.metadata.name, surroundings)
    } catch (error) {
      const { name } = definition.metadata
      surroundings.log('the status of a definition was not written', { name, error: messageOf(error) })
    }
  }
}
