/** Kubernetes' defaults of a CustomResourceDefinition. */
import { fill } from '../fill-defaults.ts'
import type { CustomResourceDefinition, DefinitionNames } from './custom-resource-definition.ts'

/** The names with the ones that follow from the kind. */
export const completeNames = (names: DefinitionNames): DefinitionNames =>
  (names.kind ?? '') === ''
    ? names
    : fill(names, { singular: names.kind.toLowerCase(), listKind: `${names.kind}List` })

export const withDefinitionDefaults = (definition: CustomResourceDefinition): CustomResourceDefinition => {
  const { spec } = definition
  if (spec?.names === undefined || spec.names === null) return definition
  return {
    ...definition,
    spec: fill({ ...spec, names: completeNames(spec.names) }, { conversion: { strategy: 'None' } }),
  }
}
