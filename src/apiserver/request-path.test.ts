import { describe, expect, it } from 'vitest'
import { test, fc } from '@fast-check/vitest'
import { parseRequestPath } from './request-path.ts'

const resource = (path: string): unknown => {
  const parsed = parseRequestPath(path)
  return parsed.kind === 'resource' ? parsed.resource : parsed
}

describe('parseRequestPath', () => {
  it('reads the paths of namespaced and cluster-scoped resources', () => {
    expect(resource('/api/v1/namespaces/default/pods/web/log')).toEqual({
      group: '',
      version: 'v1',
      watch: false,
      namespace: 'default',
      plural: 'pods',
      name: 'web',
      subresource: 'log',
    })
    expect(resource('/apis/apps/v1/deployments')).toEqual({
      group: 'apps',
      version: 'v1',
      watch: false,
      plural: 'deployments',
    })
    expect(resource('/api/v1/nodes/weft')).toMatchObject({ plural: 'nodes', name: 'weft' })
  })

  it('tells a namespace and its subresources from what lies in it', () => {
    expect(resource('/api/v1/namespaces/x')).toMatchObject({ plural: 'namespaces', name: 'x' })
    expect(resource('/api/v1/namespaces/x/finalize')).toMatchObject({
      plural: 'namespaces',
      name: 'x',
      subresource: 'finalize',
    })
    expect(resource('/api/v1/namespaces/x/pods')).toMatchObject({ plural: 'pods', namespace: 'x' })
  })

  it('keeps what follows a proxy subresource', () => {
    expect(resource('/api/v1/namespaces/a/services/istiod:15014/proxy/debug/syncz')).toMatchObject({
      name: 'istiod:15014',
      subresource: 'proxy',
      rest: 'debug/syncz',
    })
  })

  it('knows the deprecated watch prefix', () => {
    expect(resource('/api/v1/watch/namespaces/x/pods')).toMatchObject({
      watch: true,
      plural: 'pods',
      namespace: 'x',
    })
  })

  it('leaves discovery and health to others', () => {
    expect(parseRequestPath('/apis/apps/v1')).toEqual({ kind: 'other', segments: ['apis', 'apps', 'v1'] })
    expect(parseRequestPath('/')).toEqual({ kind: 'other', segments: [] })
  })

  it.each([
    '/api/v1/namespaces/default/pods/..',
    '/api/v1/namespaces/default/pods/%2e%2e',
    '/api/v1/namespaces/default/pods/a%2Fb',
    '/api/v1/namespaces/default/pods/%',
    '/api/v1/namespaces/default/pods/a%00b',
    '/api/v1/namespaces/default/pods/a%0ab',
  ])('refuses %s', (path) => {
    expect(parseRequestPath(path).kind).toBe('malformed')
  })

  test.prop([fc.string()])('never throws, and never gives a segment with a slash or a dot alone', (path) => {
    const parsed = parseRequestPath(path)
    if (parsed.kind === 'other') {
      for (const segment of parsed.segments) expect(segment).not.toMatch(/\/|^\.{1,2}$/)
    }
  })
})
