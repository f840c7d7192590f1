import { expect, test } from 'vitest'
import { allKinds, findKind } from '../all-kinds.ts'

test.each(['deployments', 'replicasets'])('%s without a template spec miss their containers', (plural) => {
  const kind = findKind(allKinds, 'apps', plural)
  const object = {
    apiVersion: 'apps/v1',
    kind: kind?.kind ?? '',
    metadata: { name: 'a', namespace: 'default' },
    spec: { template: {}, selector: {} },
  }
  const completed = kind?.applyDefaults(object) ?? object
  expect(kind?.validate(completed).map(({ field }) => field)).toEqual(
    expect.arrayContaining(['spec.selector', 'spec.template.spec.containers']),
  )
})
