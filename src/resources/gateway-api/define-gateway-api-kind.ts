/** What all kinds of the Gateway API share: defaults and list keys of their schemas, warnings about old versions. */
import { defineKind } from '../define-kind.ts'
import type { KindDefinition } from '../define-kind.ts'
import type { Kind } from '../kind.ts'
import type { KubeObject } from '../kube-object.ts'
import { applySchemaDefaults } from '../schema-defaults.ts'
import { findDuplicates } from '../schema-duplicates.ts'
import { schemaLibrary } from '../schema-library.ts'

type GatewayApiKind<T extends KubeObject> = Omit<KindDefinition<T>, 'group' | 'categories' | 'applyDefaults'>

const oldVersionWarning = (kind: Kind, { apiVersion }: KubeObject): readonly string[] => {
  const version = apiVersion.slice(apiVersion.indexOf('/') + 1)
  return /alpha/.test(version)
    ? [
        `The ${version} version of ${kind.kind} has been deprecated and will be removed in a future release of the API. Please upgrade to v1.`,
      ]
    : []
}

export const defineGatewayApiKind = <T extends KubeObject>(definition: GatewayApiKind<T>): Kind => {
  const row: Kind = defineKind<T>({
    subresources: { status: true },
    isCarriedOut: false,
    ...definition,
    group: 'gateway.networking.k8s.io',
    categories: ['gateway-api'],
    applyDefaults: (object) => applySchemaDefaults(row.schema('v1'), schemaLibrary, object),
    validate: (object, old) => [
      ...findDuplicates(row.schema('v1'), schemaLibrary, object),
      ...(definition.validate?.(object, old) ?? []),
    ],
  })
  return {
    ...row,
    warnings: (object) => [...(row.warnings?.(object) ?? []), ...oldVersionWarning(row, object)],
  }
}
