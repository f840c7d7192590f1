/** apiextensions.k8s.io/v1 CustomResourceDefinition, as far as it is read here. */
import type { Condition, KubeObject } from '../kube-object.ts'
import type { Schema } from '../schema.ts'

export interface DefinitionNames {
  readonly plural: string
  readonly kind: string
  /** Absent: the kind in lower case. */
  readonly singular?: string
  /** Absent: the kind and `List`. */
  readonly listKind?: string
  readonly shortNames?: readonly string[]
  readonly categories?: readonly string[]
}

export interface DefinitionColumn {
  readonly name: string
  readonly type: string
  readonly jsonPath: string
  readonly format?: string
  readonly description?: string
  readonly priority?: number
}

export interface DefinitionVersion {
  readonly name: string
  readonly served: boolean
  readonly storage: boolean
  readonly deprecated?: boolean
  readonly deprecationWarning?: string
  readonly schema?: { readonly openAPIV3Schema?: Schema }
  readonly subresources?: {
    readonly status?: object
    readonly scale?: {
      readonly specReplicasPath: string
      readonly statusReplicasPath: string
      readonly labelSelectorPath?: string
    }
  }
  readonly additionalPrinterColumns?: readonly DefinitionColumn[]
  readonly selectableFields?: readonly { readonly jsonPath: string }[]
}

export interface DefinitionStatus {
  readonly conditions?: readonly Omit<Condition, 'observedGeneration'>[]
  readonly acceptedNames?: DefinitionNames
  readonly storedVersions?: readonly string[]
}

export interface CustomResourceDefinition extends KubeObject {
  readonly spec: {
    readonly group: string
    readonly names: DefinitionNames
    readonly scope: 'Namespaced' | 'Cluster'
    readonly versions: readonly DefinitionVersion[]
    readonly conversion?: { readonly strategy: 'None' | 'Webhook'; readonly webhook?: object }
    readonly preserveUnknownFields?: boolean
  }
  readonly status?: DefinitionStatus
}

/** The version that objects are stored in. */
export const storageVersion = ({ spec }: CustomResourceDefinition): string =>
  spec.versions.find(({ storage }) => storage)?.name ?? ''

/** True when the condition of that type is `True`. */
export const hasCondition = ({ status }: CustomResourceDefinition, type: string): boolean =>
  status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') === true
