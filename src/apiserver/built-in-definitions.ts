/** Definitions of the built-in kinds that are custom resources in Kubernetes, written when somebody first asks for definitions. */
import { timestampOf } from '../primitives/timestamp.ts'
import { builtInDefinition } from '../resources/apiextensions/built-in-definition.ts'
import { definitionKind } from '../resources/apiextensions/definition-kind.ts'
import { withDefinitionDefaults } from '../resources/apiextensions/definition-defaults.ts'
import type { Kind } from '../resources/kind.ts'
import { isKubernetesKind } from '../resources/kubernetes-groups.ts'
import type { ApiServerOptions } from './api-context.ts'
import { settledDefinition } from './definition-admission.ts'
import type { ServedKinds } from './served-kinds.ts'
import { encodeStored, objectKey } from './stored-object.ts'

type Surroundings = Pick<ApiServerOptions, 'clock' | 'identifiers' | 'kinds' | 'log' | 'schemaLibrary'> & {
  readonly served: ServedKinds
}

const write = async (kind: Kind, surroundings: Surroundings): Promise<void> => {
  const { served, clock, identifiers, schemaLibrary } = surroundings
  const key = objectKey(definitionKind, undefined, `${kind.plural}.${kind.group}`)
  if (served.store.get(key) !== undefined) return
  const definition = withDefinitionDefaults(builtInDefinition(kind, schemaLibrary))
  const named = {
    ...definition,
    metadata: {
      ...definition.metadata,
      uid: identifiers.uid(),
      creationTimestamp: timestampOf(clock.now()),
      generation: 1,
    },
  }
  await served.store.create(key, encodeStored(definitionKind, settledDefinition(named, surroundings)))
}

/**
 * Makes the function that resolves when they are all there. They cost a megabyte of schemas, which a cluster that
 * nobody asks for its definitions need not pay. One that was deleted comes back with the next start of the server.
 */
export const createBuiltInDefinitions = (surroundings: Surroundings): (() => Promise<void>) => {
  const kinds = surroundings.kinds.filter((kind) => !isKubernetesKind(kind))
  const writeAll = async (): Promise<void> => {
    for (const kind of kinds) await write(kind, surroundings)
  }
  let written: Promise<void> | undefined
  return () => (written ??= writeAll())
}
