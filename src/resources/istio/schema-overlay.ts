/** What Istio's CustomResourceDefinitions say beyond the schemas of the npm package. */
import type { Schema } from '../schema.ts'

const TEXT: Schema = { type: 'string' }

const DURATION: Schema = {
  type: 'string',
  description: 'A duration such as 1h, 1m, 1s or 1ms; at least 1ms.',
}

/** Fields to add beside a field that only one message has. */
const ADDITIONS: readonly { readonly beside: string; readonly fields: Readonly<Record<string, Schema>> }[] = [
  {
    beside: 'redirectCode',
    fields: {
      prefixRewrite: {
        ...TEXT,
        description: 'On a redirect, replace the matched prefix of the path with this value.',
      },
    },
  },
  {
    beside: 'http2MaxRequests',
    fields: {
      http2KeepAlive: {
        type: 'object',
        description: 'HTTP/2 PING frames that find broken connections.',
        required: ['interval'],
        properties: { interval: DURATION, timeout: DURATION },
      },
    },
  },
  {
    beside: 'transportProtocol',
    fields: {
      transportSocket: { ...TEXT, description: 'The transport socket of the filter chain to match.' },
    },
  },
  {
    beside: 'forwardOriginalToken',
    fields: { presence: { ...TEXT, description: 'Whether requests must have a token.' } },
  },
  {
    beside: 'notServiceAccounts',
    fields: {
      trustDomains: { type: 'array', description: 'Trust domains of the peer.', items: TEXT },
      notTrustDomains: { type: 'array', description: 'Trust domains that the peer is not of.', items: TEXT },
    },
  },
  {
    beside: 'localityLbSetting',
    fields: {
      zoneAwareLbSetting: {
        type: 'object',
        description: 'Load balancing that keeps traffic in its zone while the zone has capacity.',
        properties: {
          enabled: { type: 'boolean' },
          failover: {
            type: 'array',
            description: 'Where the traffic of a region goes when its endpoints are unhealthy.',
            items: { type: 'object', properties: { from: TEXT, to: TEXT } },
          },
          failoverPriority: {
            type: 'array',
            description: 'Labels, most important first, by which endpoints are preferred.',
            items: TEXT,
          },
        },
      },
    },
  },
]

const complete = (schema: Schema): Schema => {
  const { properties, items } = schema
  if (items !== undefined) return { ...schema, items: complete(items) }
  if (properties === undefined) return schema
  const known = Object.entries(properties).map(([name, property]): [string, Schema] => [
    name,
    complete(property),
  ])
  const added = ADDITIONS.filter(({ beside }) => Object.hasOwn(properties, beside)).flatMap(({ fields }) =>
    Object.entries(fields),
  )
  return { ...schema, properties: Object.fromEntries([...known, ...added]) }
}

/** The same for kinds whose spec may be absent, as the package says it. */
export const optionalSpecSchema = (name: string, schema: Schema): Schema => {
  const { required: _required, ...completed } = istioSchema(name, schema)
  return schema.required === undefined ? completed : { ...completed, required: schema.required }
}

/** The schema `name` of the package, completed. Conditions of all kinds of controllers are kept in the status. */
export const istioSchema = (_name: string, schema: Schema): Schema => {
  const completed = complete(schema)
  const status = completed.properties?.['status']
  return {
    ...completed,
    required: ['spec'],
    properties: {
      ...completed.properties,
      ...(status === undefined
        ? {}
        : { status: { ...status, 'x-kubernetes-preserve-unknown-fields': true } }),
    },
  }
}
