import { describe, expect, test } from 'vitest'
import { annotationProblem } from './annotation-values.ts'

describe('proxy.istio.io/config', () => {
  test.each([
    '',
    'concurrency: 2\nproxyMetadata:\n  A: b',
    '{"holdApplicationUntilProxyStarts": true}',
    'unknown: [1]',
  ])('%j is taken', (value) => {
    expect(annotationProblem('proxy.istio.io/config', value)).toBeUndefined()
  })
  test.each([
    ['*', 'failed to convert to apply proxy config: '],
    ['text', 'write fields of ProxyConfig'],
    ['concurrency: two', 'concurrency must be number'],
    ['holdApplicationUntilProxyStarts: "yes"', 'holdApplicationUntilProxyStarts must be boolean'],
  ])('%j is not', (value, problem) => {
    expect(annotationProblem('proxy.istio.io/config', value)).toContain(problem)
  })
})
