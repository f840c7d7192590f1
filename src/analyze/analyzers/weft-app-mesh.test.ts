import { describe, expect, test } from 'vitest'
import { object, said, setOf } from '../object-set-rig.conformance.ts'
import type { AnalyzerCase } from '../object-set-rig.conformance.ts'
import { weftAppMeshMembership } from './weft-app-mesh-membership.ts'
import { weftAppMeshReferences } from './weft-app-mesh-references.ts'
import { weftAppMeshWeights } from './weft-app-mesh-weights.ts'

const mesh = (kind: string, name: string, spec: string): string =>
  object('appmesh.k8s.aws/v1beta2', kind, `name: ${name}`, `spec: {${spec}}`)
const node = (name: string, rest = ''): string =>
  mesh('VirtualNode', name, `listeners: [{portMapping: {port: 8080, protocol: http}}]${rest}`)
const backends = (name: string): string =>
  `, backends: [{virtualService: {virtualServiceRef: {name: ${name}}}}]`
const router = (...targets: string[]): string =>
  mesh(
    'VirtualRouter',
    'r',
    `routes: [{name: all, http2Route: {match: {prefix: /}, action: {weightedTargets: [${targets.join(', ')}]}}}]`,
  )
const target = (name: string, weight: number, rest = ''): string =>
  `{virtualNodeRef: {name: ${name}}, weight: ${weight}${rest}}`
const targets = 'spec.routes[0].http2Route.action.weightedTargets'
const provided = (kind: string, name: string): string =>
  mesh('VirtualService', 's', `provider: {virtual${kind}: {virtual${kind}Ref: {name: ${name}}}}`)
const shop = mesh('Mesh', 'shop', 'namespaceSelector: {matchLabels: {mesh: shop}}')
const namespace = (labels: string): string => object('v1', 'Namespace', `name: default, labels: {${labels}}`)
const inMesh = (name: string): string => node('blue', `, meshRef: {name: ${name}}`)

const cases: readonly AnalyzerCase[] = [
  {
    title: 'a route to a node that does not exist',
    analyzer: weftAppMeshReferences,
    shows: node('blue') + router(target('bleu', 1), target('blue', 1)),
    says: [`WFT0301 VirtualRouter r ${targets}[0].virtualNodeRef.name`],
    silent: node('blue') + router(target('blue', 1)),
  },
  {
    title: 'a service without the router or node that it names',
    analyzer: weftAppMeshReferences,
    shows: provided('Router', 'r') + provided('Node', 'blue').replace('name: s', 'name: t'),
    says: [
      'WFT0301 VirtualService s spec.provider.virtualRouter.virtualRouterRef.name',
      'WFT0301 VirtualService t spec.provider.virtualNode.virtualNodeRef.name',
    ],
    silent: router() + provided('Router', 'r'),
  },
  {
    title: 'backends that do not exist',
    analyzer: weftAppMeshReferences,
    shows:
      node('a', backends('x')) +
      mesh('BackendGroup', 'g', 'virtualservices: [{name: x}]') +
      mesh(
        'GatewayRoute',
        'w',
        'httpRoute: {action: {target: {virtualService: {virtualServiceRef: {name: x}}}}}',
      ),
    says: [
      'WFT0301 BackendGroup g spec.virtualservices[0].name',
      'WFT0301 GatewayRoute w spec.httpRoute.action.target.virtualService.virtualServiceRef.name',
      'WFT0301 VirtualNode a spec.backends[0].virtualService.virtualServiceRef.name',
    ],
    silent:
      mesh('VirtualService', 'x', 'provider: {virtualNode: {virtualNodeARN: "arn:aws:a"}}') +
      node('a', backends('x')),
  },
  {
    title: 'a target on a port that the node does not listen on',
    analyzer: weftAppMeshReferences,
    shows: node('blue') + router(target('blue', 1, ', port: 80')),
    says: [`WFT0302 VirtualRouter r ${targets}[0].port`],
    silent: node('blue') + router(target('blue', 1, ', port: 8080')),
  },
  {
    title: 'a route whose weights are all 0',
    analyzer: weftAppMeshWeights,
    shows: router(target('blue', 0), target('red', 0)),
    says: [`WFT0303 VirtualRouter r ${targets}`],
    silent: router(target('blue', 0), target('red', 1)),
  },
  {
    title: 'a namespace that no Mesh selects',
    analyzer: weftAppMeshMembership,
    shows: shop + mesh('Mesh', 'none', '') + namespace('mesh: other') + node('blue'),
    says: ['WFT0304 VirtualNode blue metadata.namespace'],
    silent: shop + mesh('Mesh', 'none', '') + namespace('mesh: shop') + node('blue'),
  },
  {
    title: 'a namespace that two Meshes select',
    analyzer: weftAppMeshMembership,
    shows: shop + mesh('Mesh', 'all', 'namespaceSelector: {}') + namespace('mesh: shop') + node('blue'),
    says: ['WFT0304 VirtualNode blue metadata.namespace'],
    silent: shop + node('blue'),
  },
  {
    title: 'a Mesh that does not exist',
    analyzer: weftAppMeshMembership,
    shows: shop + namespace('mesh: shop') + inMesh('shoop'),
    says: ['WFT0301 VirtualNode blue spec.meshRef.name'],
    silent: shop + namespace('') + inMesh('shop'),
  },
]

describe('analyzers of App Mesh', () => {
  test.each(cases)('$title', ({ analyzer, shows, says, silent }) => {
    expect(said(analyzer, setOf(shows))).toEqual(says)
    expect(said(analyzer, setOf(silent))).toEqual([])
  })
  test('a node may be elsewhere where none is here', () => {
    const set = setOf(router(target('blue', 1)), { isComplete: false })
    expect(said(weftAppMeshReferences, set)).toEqual([])
  })
})
