/** Objects of App Mesh in namespaces that no Mesh, or more than one, selects. */
import { objectAt, textAt } from '../../mesh/translate/json-reader.ts'
import type { Analyzer } from '../analyzer.ts'
import { appMeshKey } from '../app-mesh-references.ts'
import { finding } from '../finding.ts'
import type { Finding } from '../finding.ts'
import { kinds } from '../kind-keys.ts'
import type { AnalysisObject, ObjectSet } from '../object-set.ts'
import { webhookSelects } from '../webhooks.ts'

const MEMBERS = ['VirtualGateway', 'VirtualNode', 'VirtualRouter', 'VirtualService']

/** A Mesh without a selector selects nothing, one with an empty selector everything. */
const selectsNamespace = (mesh: AnalysisObject, labels: Readonly<Record<string, string>>): boolean => {
  const selector = objectAt(mesh.spec, 'namespaceSelector')
  return selector !== undefined && webhookSelects(selector, labels)
}

const analyzeMember = (
  set: ObjectSet,
  member: AnalysisObject,
  meshes: readonly AnalysisObject[],
): readonly Finding[] => {
  const written = textAt(objectAt(member.spec, 'meshRef'), 'name')
  const namespace = set.find(kinds.namespace, '', member.namespace)
  if (written !== undefined) {
    const isKnown = meshes.length === 0 || meshes.some(({ name }) => name === written)
    const names = meshes.map(({ name }) => name).join(', ')
    const place = { field: 'spec.meshRef.name', fix: `there is ${names}` }
    return isKnown ? [] : [finding('WFT0301', member, ['Mesh', written], place)]
  }
  if (namespace === undefined || set.isAmbiguous(namespace) || meshes.length === 0) return []
  const labels = { 'kubernetes.io/metadata.name': namespace.name, ...namespace.labels }
  const selecting = meshes.filter((mesh) => selectsNamespace(mesh, labels))
  if (selecting.length === 1) return []
  const found = selecting.length === 0 ? 'no Mesh' : selecting.map(({ name }) => name).join(' and ')
  return [finding('WFT0304', member, [member.namespace, found], { field: 'metadata.namespace' })]
}

export const weftAppMeshMembership: Analyzer = {
  name: 'weft.AppMeshMembershipAnalyzer',
  description: 'Checks that objects of App Mesh belong to one Mesh',
  codes: ['WFT0301', 'WFT0304'],
  analyze: (set) => {
    const meshes = set.of(appMeshKey('Mesh'))
    return MEMBERS.flatMap((kind) =>
      set.of(appMeshKey(kind)).flatMap((member) => analyzeMember(set, member, meshes)),
    )
  },
}
