/** The schemas of Mesh, VirtualService and BackendGroup. */
import type { Schema } from '../schema.ts'
import { described, list, object, oneOf, text } from './schema-builder.ts'
import { awsName, kindSchema, labelSelector, meshRef, reference } from './schema-parts.ts'

export const meshSchema: Schema = kindSchema(
  'Mesh is the frame within which services call each other.',
  object({
    awsName,
    egressFilter: described(
      'Whether pods may call what is outside of the mesh; by default they may not.',
      object({ 'type!': oneOf('ALLOW_ALL', 'DROP_ALL') }),
    ),
    meshOwner: described('The AWS account that owns a shared mesh.', text()),
    meshServiceDiscovery: object({ ipPreference: oneOf('IPv6_ONLY', 'IPv4_ONLY') }),
    namespaceSelector: described(
      'The namespaces of the mesh; {} selects all, no selector selects none.',
      labelSelector,
    ),
  }),
  { meshARN: text() },
)

export const virtualServiceSchema: Schema = kindSchema(
  'VirtualService is a name that clients call, and what stands behind it.',
  object({
    awsName: described('The name that clients call, such as color.default.svc.cluster.local.', awsName),
    meshRef,
    provider: described(
      'A VirtualNode or a VirtualRouter; without one, calls are refused.',
      object({
        virtualNode: object({ virtualNodeARN: text(), virtualNodeRef: reference }),
        virtualRouter: object({ virtualRouterARN: text(), virtualRouterRef: reference }),
      }),
    ),
  }),
  { virtualServiceARN: text() },
)

export const backendGroupSchema: Schema = kindSchema(
  'BackendGroup names VirtualServices that several VirtualNodes call.',
  object({ meshRef, virtualservices: list(reference) }),
  {},
)
