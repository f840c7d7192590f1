/** Messages of core/v1 that limit what a namespace may ask for. */
import type { Messages } from './message.ts'

export const quotaMessages = {
  ResourceQuota: { metadata: '1 ObjectMeta', spec: '2 ResourceQuotaSpec', status: '3 ResourceQuotaStatus' },
  ResourceQuotaSpec: { hard: '1 {}quantity', scopes: '2 []string', scopeSelector: '3 ScopeSelector' },
  ResourceQuotaStatus: { hard: '1 {}quantity', used: '2 {}quantity' },
  ScopeSelector: { matchExpressions: '1 []ScopedResourceSelectorRequirement' },
  ScopedResourceSelectorRequirement: { scopeName: '1 !string', operator: '2 !string', values: '3 []string' },
  LimitRange: { metadata: '1 ObjectMeta', spec: '2 LimitRangeSpec' },
  LimitRangeSpec: { limits: '1 []LimitRangeItem' },
  LimitRangeItem: {
    type: '1 !string',
    max: '2 {}quantity',
    min: '3 {}quantity',
    default: '4 {}quantity',
    defaultRequest: '5 {}quantity',
    maxLimitRequestRatio: '6 {}quantity',
  },
} as const satisfies Messages
