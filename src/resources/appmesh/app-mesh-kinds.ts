/** App Mesh's kinds (appmesh.k8s.aws/v1beta2). */
import { defineKind } from '../define-kind.ts'
import type { KindDefinition } from '../define-kind.ts'
import { mapField } from '../fill-defaults.ts'
import type { FieldError, Kind } from '../kind.ts'
import { ageColumn, column, nameColumn } from '../meta/printer-columns.ts'
import type {
  AppMeshObject,
  GatewayRoute,
  VirtualGateway,
  VirtualNode,
  VirtualRouter,
} from './app-mesh-objects.ts'
import {
  validateCommon,
  validateVirtualGateway,
  validateVirtualNode,
  validateVirtualRouter,
  validateVirtualService,
} from './validate-app-mesh.ts'
import { validateGatewayRoute } from './validate-gateway-route.ts'

const arnColumn = (field: string): Kind['columns'][number] =>
  column<AppMeshObject>('ARN', 'The name of the resource in AWS', ({ status }) => {
    const arn = status?.[field]
    return typeof arn === 'string' ? arn : ''
  })

interface AppMeshKind<T extends AppMeshObject> {
  readonly kind: string
  readonly plural?: string
  readonly namespaced?: boolean
  /** The field of the status that names the resource in AWS. */
  readonly arn?: string
  /** What the name in AWS is by default; undefined while the namespace is not known. */
  readonly awsName: (object: T) => string | undefined
  readonly validate?: (object: T, old?: T) => readonly FieldError[]
}

const withNamespace =
  (separator: string) =>
  ({ metadata: { name, namespace } }: AppMeshObject): string | undefined =>
    namespace === undefined || name === undefined ? undefined : `${name}${separator}${namespace}`

const withAwsName =
  <T extends AppMeshObject>(nameOf: (object: T) => string | undefined) =>
  (object: T): T =>
    mapField(object, 'spec', (spec) => {
      const awsName = nameOf(object)
      return awsName === undefined || (spec.awsName ?? '') !== '' ? spec : { ...spec, awsName }
    })

const defineAppMeshKind = <T extends AppMeshObject>(row: AppMeshKind<T>): Kind => {
  const { kind, plural = `${kind.toLowerCase()}s`, namespaced = true, arn, awsName, validate } = row
  const definition: KindDefinition<T> = {
    group: 'appmesh.k8s.aws',
    kind,
    plural,
    categories: namespaced ? ['all'] : [],
    namespaced,
    versions: ['v1beta2'],
    subresources: { status: true },
    isCarriedOut: false,
    ...(arn === undefined ? {} : { columns: [nameColumn, arnColumn(arn), ageColumn] }),
    applyDefaults: withAwsName(awsName),
    validate: (object, old) => [...validateCommon(object, old), ...(validate?.(object, old) ?? [])],
  }
  return defineKind(definition)
}

export const appMeshKinds: readonly Kind[] = [
  defineAppMeshKind({
    kind: 'Mesh',
    plural: 'meshes',
    namespaced: false,
    arn: 'meshARN',
    awsName: ({ metadata }) => metadata.name,
  }),
  defineAppMeshKind<VirtualNode>({
    kind: 'VirtualNode',
    arn: 'virtualNodeARN',
    awsName: withNamespace('_'),
    validate: validateVirtualNode,
  }),
  defineAppMeshKind({
    kind: 'VirtualService',
    arn: 'virtualServiceARN',
    awsName: withNamespace('.'),
    validate: validateVirtualService,
  }),
  defineAppMeshKind<VirtualRouter>({
    kind: 'VirtualRouter',
    arn: 'virtualRouterARN',
    awsName: withNamespace('_'),
    validate: validateVirtualRouter,
  }),
  defineAppMeshKind<VirtualGateway>({
    kind: 'VirtualGateway',
    arn: 'virtualGatewayARN',
    awsName: withNamespace('_'),
    validate: validateVirtualGateway,
  }),
  defineAppMeshKind<GatewayRoute>({
    kind: 'GatewayRoute',
    arn: 'gatewayRouteARN',
    awsName: withNamespace('_'),
    validate: validateGatewayRoute,
  }),
  defineAppMeshKind({ kind: 'BackendGroup', awsName: () => undefined }),
]
