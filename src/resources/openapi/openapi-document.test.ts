import { describe, expect, test } from 'vitest'
import { allKinds } from '../all-kinds.ts'
import { openApiDocument, openApiGroupVersions, openApiIndex } from './openapi-document.ts'

const walk = (value: unknown, visit: (object: Record<string, unknown>) => void): void => {
  if (Array.isArray(value)) for (const item of value) walk(item, visit)
  else if (typeof value === 'object' && value !== null) {
    visit(value as Record<string, unknown>)
    for (const item of Object.values(value)) walk(item, visit)
  }
}

describe('OpenAPI v3', () => {
  test('every reference of every document resolves', () => {
    for (const { group, version } of openApiGroupVersions(allKinds)) {
      const document = JSON.parse(JSON.stringify(openApiDocument(allKinds, group, version)))
      const known = new Set(
        Object.entries<object>(document.components).flatMap(([section, entries]) =>
          Object.keys(entries).map((name) => `#/components/${section}/${name}`),
        ),
      )
      walk(document, (object) => {
        if (typeof object['$ref'] !== 'string') return
        expect(known).toContain(object['$ref'])
        expect(Object.keys(object)).toEqual(['$ref'])
      })
    }
  })

  test('kubectl finds the field validation of a kind by its PATCH', () => {
    const document = JSON.parse(JSON.stringify(openApiDocument(allKinds, 'networking.istio.io', 'v1alpha3')))
    const { patch } =
      document.paths['/apis/networking.istio.io/v1alpha3/namespaces/{namespace}/virtualservices/{name}']
    expect(patch['x-kubernetes-action']).toBe('patch')
    expect(patch['x-kubernetes-group-version-kind']).toEqual({
      group: 'networking.istio.io',
      version: 'v1alpha3',
      kind: 'VirtualService',
    })
    expect(patch.parameters.map(({ name }: { name: string }) => name)).toContain('fieldValidation')
    expect(
      document.components.schemas['io.istio.networking.v1alpha3.VirtualService'][
        'x-kubernetes-group-version-kind'
      ],
    ).toEqual([{ group: 'networking.istio.io', kind: 'VirtualService', version: 'v1alpha3' }])
  })

  test('strategic merge has its keys, and a described reference is wrapped', () => {
    const { components } = JSON.parse(JSON.stringify(openApiDocument(allKinds, '', 'v1')))
    const { containers, securityContext } = components.schemas['io.k8s.api.core.v1.PodSpec'].properties
    expect(containers).toMatchObject({
      'x-kubernetes-patch-merge-key': 'name',
      'x-kubernetes-patch-strategy': 'merge',
      'x-kubernetes-list-map-keys': ['name'],
    })
    expect(securityContext.allOf).toHaveLength(1)
    expect(securityContext.description).toMatch(/security/i)
    expect(components.schemas['io.k8s.api.core.v1.ServicePort'].properties.protocol.default).toBe('TCP')
  })

  test('the index', () => {
    expect(openApiIndex(allKinds, () => 'h')).toMatchObject({
      paths: { 'api/v1': { serverRelativeURL: '/openapi/v3/api/v1?hash=h' }, 'apis/apps/v1': {} },
    })
    expect(openApiDocument(allKinds, 'flowcontrol.apiserver.k8s.io', 'v1')).toBeUndefined()
  })
})
