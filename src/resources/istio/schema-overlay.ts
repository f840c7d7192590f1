/** What Istio's CustomResourceDefinitions say beyond the schemas of the npm package. */
import type { JsonValue } from '../../primitives/json-value.ts'
import type { Schema } from '../schema.ts'

const TEXT: Schema = { type: 'string' }

const COUNT: Schema = { type: 'integer', minimum: 0, maximum: 4_294_967_295 }

const TEXTS: Schema = { type: 'array', items: TEXT }

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
    fields: {
      presence: {
        ...TEXT,
        description: 'Whether requests must have a token.',
        enum: ['OPTIONAL', 'REQUIRED'],
      },
    },
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
          minClusterSize: {
            ...COUNT,
            minimum: 1,
            description: 'With fewer hosts in the local region, zones are not looked at.',
          },
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
  {
    beside: 'localityLbSetting',
    fields: {
      backendUtilization: {
        type: 'object',
        description: 'Load balancing by the utilization that endpoints report (ORCA).',
        properties: {
          errorUtilizationPenaltyPercent: {
            ...COUNT,
            description:
              'What endpoints that answer errors are charged beyond their utilization, in percent of it.',
          },
          metricNamesForComputingUtilization: {
            ...TEXTS,
            description: 'The ORCA metrics that utilization is computed from.',
          },
          weightExpirationPeriod: {
            ...TEXT,
            description: 'An endpoint that reports nothing for so long has the usual weight again.',
          },
          weightStabilizationPeriod: {
            ...TEXT,
            description: "How long after an endpoint's first report its weight begins to count.",
          },
          weightUpdatePeriod: { ...TEXT, description: 'How often weights are computed anew.' },
        },
      },
    },
  },
  {
    beside: 'splitExternalLocalOriginErrors',
    fields: {
      outlierDetectionHttpErrorCodes: {
        type: 'array',
        description: 'The status codes of responses that count as errors.',
        items: { type: 'integer', minimum: 100, maximum: 599 },
      },
    },
  },
  {
    beside: 'minRetryConcurrency',
    fields: { budgetInterval: { ...TEXT, description: 'Over which time requests count for the budget.' } },
  },
  {
    beside: 'cipherSuites',
    fields: {
      ecdhCurves: { ...TEXTS, description: 'The only curves for the exchange of keys.' },
      insecureSkipVerify: {
        type: 'boolean',
        description: 'Lets connections through whose certificate does not verify.',
      },
    },
  },
  {
    beside: 'useRequestIdForTraceSampling',
    fields: {
      disableContextPropagation: {
        type: 'boolean',
        description: 'Whether headers such as traceparent are left out of forwarded requests.',
      },
    },
  },
]

/** Values to add to the enumeration that has the other one. */
const FURTHER_VALUES: ReadonlyMap<JsonValue, string> = new Map([['INSERT_FIRST', 'MERGE_AND_REPLACE_LIST']])

/** Fields to add to the alternatives that have the other one. */
const FURTHER_ALTERNATIVES: ReadonlyMap<string, string> = new Map([['consistentHash', 'backendUtilization']])

const withFurtherValue = (schema: Schema): Schema => {
  const further = (schema.enum ?? []).flatMap((value) => FURTHER_VALUES.get(value) ?? [])
  return further.length === 0 ? schema : { ...schema, enum: [...(schema.enum ?? []), ...further] }
}

const withFurtherAlternative = ({ oneOf, ...schema }: Schema): Schema => {
  if (oneOf === undefined) return schema
  const further = oneOf.flatMap(({ required = [] }) =>
    required.flatMap((field) => FURTHER_ALTERNATIVES.get(field) ?? []),
  )
  const added = further.map((field): Schema => ({ required: [field] }))
  return {
    ...schema,
    oneOf: [
      ...oneOf.map(({ not, ...one }) => ({
        ...one,
        ...(not === undefined ? {} : { not: { ...not, anyOf: [...(not.anyOf ?? []), ...added] } }),
      })),
      ...added,
    ],
  }
}

const complete = (schema: Schema): Schema => {
  const { properties, items } = schema
  if (items !== undefined) return { ...schema, items: complete(items) }
  if (properties === undefined) return withFurtherValue(schema)
  const known = Object.entries(properties).map(([name, property]): [string, Schema] => [
    name,
    complete(property),
  ])
  const added = ADDITIONS.filter(({ beside }) => Object.hasOwn(properties, beside)).flatMap(({ fields }) =>
    Object.entries(fields),
  )
  return withFurtherAlternative({ ...schema, properties: Object.fromEntries([...known, ...added]) })
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
