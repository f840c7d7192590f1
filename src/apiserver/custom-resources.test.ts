/** CustomResourceDefinitions and their objects, as the API's clients meet them. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createMemoryStore } from '../store/memory-store.ts'
import { createRig, type Answered, type Rig } from './api-server-rig.conformance.ts'

let rig: Rig

beforeEach(async () => {
  rig = await createRig()
})
afterEach(async () => {
  await rig.close()
})

const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const tabs = '/apis/stable.example.com/v1/namespaces/default/crontabs'

const specSchema = {
  type: 'object',
  required: ['cronSpec'],
  properties: {
    cronSpec: { type: 'string', pattern: '^(\\d+|\\*)(/\\d+)?(\\s+(\\d+|\\*)(/\\d+)?){4}$' },
    replicas: { type: 'integer', minimum: 1, maximum: 10, default: 1 },
    port: { 'x-kubernetes-int-or-string': true },
    note: { type: 'string', nullable: true },
    free: {
      type: 'object',
      'x-kubernetes-preserve-unknown-fields': true,
      properties: { a: { type: 'object' } },
    },
    template: {
      type: 'object',
      'x-kubernetes-embedded-resource': true,
      'x-kubernetes-preserve-unknown-fields': true,
    },
    tags: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
    ports: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: {
        type: 'object',
        required: ['name'],
        properties: { name: { type: 'string' }, number: { type: 'integer', default: 80 } },
      },
    },
    color: { type: 'string', enum: ['red', 'green'] },
  },
  'x-kubernetes-validations': [
    { rule: "!has(self.color) || self.replicas > 1 || self.color == 'red'", message: 'a single one is red' },
    { rule: 'self.cronSpec == oldSelf.cronSpec', message: 'cronSpec is immutable', fieldPath: '.cronSpec' },
  ],
}

const version = (name: string, more: object = {}) => ({
  name,
  served: true,
  storage: name === 'v1',
  schema: {
    openAPIV3Schema: {
      type: 'object',
      properties: {
        spec: specSchema,
        status: {
          type: 'object',
          properties: { replicas: { type: 'integer' }, selector: { type: 'string' } },
        },
      },
    },
  },
  subresources: {
    status: {},
    scale: {
      specReplicasPath: '.spec.replicas',
      statusReplicasPath: '.status.replicas',
      labelSelectorPath: '.status.selector',
    },
  },
  additionalPrinterColumns: [
    { name: 'Spec', type: 'string', jsonPath: '.spec.cronSpec', description: 'The schedule' },
    { name: 'Replicas', type: 'integer', jsonPath: '.spec.replicas' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', priority: 1 },
  ],
  selectableFields: [{ jsonPath: '.spec.color' }],
  ...more,
})

const definition = (spec: object = {}, metadata: object = {}) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'crontabs.stable.example.com', ...metadata },
  spec: {
    group: 'stable.example.com',
    scope: 'Namespaced',
    names: { plural: 'crontabs', kind: 'CronTab', shortNames: ['ct'], categories: ['all'] },
    versions: [version('v1')],
    ...spec,
  },
})

const cronTab = (spec: object, metadata: object = {}) => ({
  apiVersion: 'stable.example.com/v1',
  kind: 'CronTab',
  metadata: { name: 'one', ...metadata },
  spec: { cronSpec: '* * * * */5', ...spec },
})

const define = async (object: object = definition()): Promise<Answered> => {
  const made = await rig.call('POST', crds, object)
  expect(made.body.message).toBeUndefined()
  return made
}

const conditions = (object: Answered['body']): Readonly<Record<string, string>> =>
  Object.fromEntries(
    object.status.conditions.map((each: Record<string, string>) => [
      each['type'],
      `${each['status']} ${each['reason']}`,
    ]),
  )

describe('a definition', () => {
  it('is established at once, with its names and stored versions', async () => {
    const { body, code } = await define()
    expect(code).toBe(201)
    expect(conditions(body)).toEqual({
      NamesAccepted: 'True NoConflicts',
      Established: 'True InitialNamesAccepted',
    })
    expect(body.status.acceptedNames).toEqual({
      plural: 'crontabs',
      singular: 'crontab',
      kind: 'CronTab',
      listKind: 'CronTabList',
      shortNames: ['ct'],
      categories: ['all'],
    })
    expect(body.status.storedVersions).toEqual(['v1'])
    expect(body.spec.conversion).toEqual({ strategy: 'None' })
  })

  it('shows in discovery, plain and aggregated, and in OpenAPI', async () => {
    expect((await rig.call('GET', '/apis/stable.example.com/v1')).code).toBe(404)
    await define()
    const { body } = await rig.call('GET', '/apis/stable.example.com/v1')
    expect(body.resources.map(({ name }: { name: string }) => name)).toEqual([
      'crontabs',
      'crontabs/status',
      'crontabs/scale',
    ])
    expect(body.resources[0]).toMatchObject({ kind: 'CronTab', shortNames: ['ct'], categories: ['all'] })
    const aggregated = await rig.call('GET', '/apis', undefined, {
      accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
    })
    const group = aggregated.body.items.find(
      ({ metadata }: { metadata: { name: string } }) => metadata.name === 'stable.example.com',
    )
    expect(group.versions[0].resources[0].subresources).toHaveLength(2)
    const index = await rig.call('GET', '/openapi/v3')
    const url = index.body.paths['apis/stable.example.com/v1'].serverRelativeURL
    const { components } = (await rig.call('GET', url)).body
    const schema = components.schemas['com.example.stable.v1.CronTab']
    expect(schema.properties.spec.properties.replicas).toMatchObject({ type: 'integer', default: 1 })
    expect(schema['x-kubernetes-group-version-kind']).toEqual([
      { group: 'stable.example.com', kind: 'CronTab', version: 'v1' },
    ])
  })

  it('is refused with what is wrong in it', async () => {
    const broken = definition({
      group: 'stable',
      versions: [
        {
          ...version('v1'),
          storage: false,
          schema: { openAPIV3Schema: { type: 'object', properties: { spec: { properties: {} } } } },
          additionalPrinterColumns: [{ name: 'A', type: 'text', jsonPath: 'spec[' }],
        },
      ],
    })
    const { code, body } = await rig.call('POST', crds, broken)
    expect(code).toBe(422)
    const fields = body.details.causes.map(
      ({ field, message }: Record<string, string>) => `${field}: ${message}`,
    )
    expect(fields).toEqual([
      'metadata.name: Invalid value: "crontabs.stable.example.com": must be spec.names.plural+"."+spec.group',
      'spec.group: Invalid value: "stable": should be a domain with at least one dot',
      'spec.versions: Invalid value: ["v1"]: must have exactly one version marked as storage version',
      'spec.versions[0].schema.openAPIV3Schema.properties[spec].type: Required value: must not be empty for specified object fields',
      'spec.versions[0].additionalPrinterColumns[0].type: Invalid value: "text": must be one of boolean,date,integer,number,string',
      'spec.versions[0].additionalPrinterColumns[0].jsonPath: Invalid value: "spec[": is an invalid path: write one such as .spec.size',
    ])
  })

  it('whose names are taken is not served until they are free', async () => {
    await define()
    const other = definition(
      { names: { plural: 'cts', singular: 'crontab', kind: 'Ct' } },
      { name: 'cts.stable.example.com' },
    )
    const { body } = await define(other)
    expect(conditions(body)).toEqual({
      NamesAccepted: 'False SingularConflict',
      Established: 'False NotAccepted',
    })
    expect(body.status.conditions[0].message).toBe('"crontab" is already in use')
    const url = '/apis/stable.example.com/v1/namespaces/default/cts'
    expect((await rig.call('GET', url)).code).toBe(404)
    await rig.call('DELETE', `${crds}/crontabs.stable.example.com`)
    const going = (await rig.call('GET', `${crds}/crontabs.stable.example.com`)).body
    await rig.call('PUT', `${crds}/crontabs.stable.example.com`, {
      ...going,
      metadata: { ...going.metadata, finalizers: [] },
    })
    expect((await rig.call('GET', `${crds}/crontabs.stable.example.com`)).code).toBe(404)
    await expect.poll(async () => (await rig.call('GET', url)).code).toBe(200)
  })

  it('of a built-in kind is there, and may be replaced, and leaves the kind as it is', async () => {
    const listed = await rig.call('GET', crds)
    const names = listed.body.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name)
    expect(names).toContain('httproutes.gateway.networking.k8s.io')
    const url = `${crds}/virtualservices.networking.istio.io`
    const { body: given } = await rig.call('GET', url)
    expect(given.spec.versions.map(({ name }: { name: string }) => name)).toContain('v1alpha3')
    const { body } = await rig.call('PUT', url, {
      ...given,
      spec: {
        ...given.spec,
        versions: [{ ...version('v1'), schema: { openAPIV3Schema: { type: 'object' } } }],
      },
    })
    expect(conditions(body)).toMatchObject({
      Established: 'True InitialNamesAccepted',
      BuiltIn: 'True ServedByWeft',
    })
    const list = await rig.call('GET', '/apis/networking.istio.io/v1beta1/virtualservices')
    expect(list.code).toBe(200)
    const bad = await rig.call('POST', '/apis/networking.istio.io/v1/namespaces/default/virtualservices', {
      metadata: { name: 'x' },
      spec: { hosts: [] },
    })
    expect(bad.code).toBe(400)
  })

  it('names the kind of its lists', async () => {
    await define(definition({ names: { plural: 'crontabs', kind: 'CronTab', listKind: 'CronTabs' } }))
    expect((await rig.call('GET', tabs)).body).toMatchObject({ kind: 'CronTabs', items: [] })
  })

  it('keeps its objects when the server starts again', async () => {
    const store = createMemoryStore()
    const first = await createRig({ store })
    await first.call('POST', crds, definition())
    await first.call('POST', tabs, cronTab({}))
    await first.server.close()
    const second = await createRig({ store })
    expect((await second.call('GET', `${tabs}/one`)).body.spec).toEqual({
      cronSpec: '* * * * */5',
      replicas: 1,
    })
    await second.close()
  })

  it('under deletion waits for its objects and takes no new ones', async () => {
    await define()
    await rig.call('POST', tabs, cronTab({}))
    const gone = await rig.call('DELETE', `${crds}/crontabs.stable.example.com`)
    expect(gone.body.metadata.finalizers).toEqual(['customresourcecleanup.apiextensions.k8s.io'])
    expect(conditions(gone.body)).toMatchObject({ Terminating: 'True InstanceDeletionPending' })
    const { code, body } = await rig.call('POST', tabs, cronTab({}, { name: 'two' }))
    expect([code, body.message]).toEqual([
      405,
      'create not allowed while custom resource definition is terminating',
    ])
    expect((await rig.call('GET', tabs)).body.items).toHaveLength(1)
  })
})

describe('objects', () => {
  beforeEach(() => define())

  it('are completed, pruned and counted', async () => {
    const made = await rig.call(
      'POST',
      tabs,
      cronTab({
        bogus: 1,
        note: null,
        replicas: null,
        ports: [{ name: 'a', x: 1 }],
        free: { any: { b: 1 }, a: { gone: 1 } },
        template: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { b: 2 } },
      }),
    )
    expect(made.body.spec).toEqual({
      cronSpec: '* * * * */5',
      note: null,
      replicas: 1,
      ports: [{ name: 'a', number: 80 }],
      free: { any: { b: 1 }, a: {} },
      template: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { b: 2 } },
    })
    expect(made.body.metadata.generation).toBe(1)
    expect(made.warnings).toEqual([
      'unknown field "spec.bogus"',
      'unknown field "spec.ports[0].x"',
      'unknown field "spec.free.a.gone"',
    ])
  })

  it('with unknown fields are refused when validation is strict', async () => {
    const { code, body } = await rig.call('POST', `${tabs}?fieldValidation=Strict`, cronTab({ bogus: 1 }))
    expect([code, body.message]).toEqual([
      400,
      'CronTab in version "v1" cannot be handled as a CronTab: strict decoding error: unknown field "spec.bogus"',
    ])
  })

  it.each<[object, string]>([
    [{ cronSpec: undefined }, 'spec.cronSpec: Required value'],
    [
      { cronSpec: 5 },
      'spec.cronSpec: Invalid value: "integer": spec.cronSpec in body must be of type string: "integer"',
    ],
    [
      { replicas: 20 },
      'spec.replicas: Invalid value: 20: spec.replicas in body should be less than or equal to 10',
    ],
    [
      { replicas: 0 },
      'spec.replicas: Invalid value: 0: spec.replicas in body should be greater than or equal to 1',
    ],
    [
      { color: 'blue', replicas: 2 },
      'spec.color: Unsupported value: "blue": supported values: "red", "green"',
    ],
    [{ cronSpec: 'x' }, "spec.cronSpec in body should match '"],
    [{ tags: ['a', 'a'] }, 'spec.tags[1]: Duplicate value: "a"'],
    [{ ports: [{ name: 'a' }, { name: 'a' }] }, 'spec.ports[1]: Duplicate value: {"name":"a"}'],
    [
      { port: true },
      'spec.port: Invalid value: "boolean": spec.port in body must be of type [integer string]: "boolean"',
    ],
    [{ template: { spec: {} } }, 'spec.template.apiVersion: Required value: must not be empty'],
    [{ color: 'green' }, 'spec: Invalid value: "object": a single one is red'],
  ])('%j is refused', async (spec, words) => {
    const { code, body } = await rig.call('POST', tabs, cronTab(spec))
    expect([code, body.reason]).toEqual([422, 'Invalid'])
    expect(body.message).toContain(`CronTab.stable.example.com "one" is invalid: `)
    expect(body.message).toContain(words)
  })

  it('keep what a transition rule protects', async () => {
    await rig.call('POST', tabs, cronTab({}))
    const changed = await rig.call(
      'PATCH',
      `${tabs}/one`,
      { spec: { cronSpec: '1 * * * *' } },
      { 'content-type': 'application/merge-patch+json' },
    )
    expect(changed.body.message).toBe(
      'CronTab.stable.example.com "one" is invalid: spec.cronSpec: Invalid value: "object": cronSpec is immutable',
    )
  })

  it('have a status and a scale of their own', async () => {
    await rig.call('POST', tabs, { ...cronTab({}), status: { replicas: 9 } })
    const { body } = await rig.call('GET', `${tabs}/one`)
    expect(body.status).toBeUndefined()
    const status = await rig.call('PUT', `${tabs}/one/status`, {
      ...body,
      spec: { ...body.spec, replicas: 7 },
      status: { replicas: 1, selector: 'a=b' },
    })
    expect(status.body).toMatchObject({
      metadata: { generation: 1 },
      spec: { replicas: 1 },
      status: { replicas: 1 },
    })
    const scaled = await rig.call(
      'PATCH',
      `${tabs}/one/scale`,
      { spec: { replicas: 3 } },
      { 'content-type': 'application/merge-patch+json' },
    )
    expect(scaled.body).toMatchObject({ spec: { replicas: 3 }, status: { replicas: 1, selector: 'a=b' } })
    expect((await rig.call('GET', `${tabs}/one`)).body.metadata.generation).toBe(2)
  })

  it('print their columns', async () => {
    await rig.call('POST', tabs, cronTab({}))
    const { body } = await rig.call('GET', tabs, undefined, {
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
    })
    expect(body.columnDefinitions.map(({ name }: { name: string }) => name)).toEqual([
      'Name',
      'Spec',
      'Replicas',
      'Age',
    ])
    expect(body.rows[0].cells.slice(0, 3)).toEqual(['one', '* * * * */5', 1])
  })

  it('are selected by the fields that the definition names', async () => {
    await rig.call('POST', tabs, cronTab({ color: 'red' }))
    await rig.call('POST', tabs, cronTab({}, { name: 'two' }))
    expect((await rig.call('GET', `${tabs}?fieldSelector=spec.color%3Dred`)).body.items).toHaveLength(1)
    expect((await rig.call('GET', `${tabs}?fieldSelector=spec.note%3Dx`)).code).toBe(400)
  })

  it('merge by the keys of their lists when applied', async () => {
    const apply = (manager: string, spec: object): Promise<Answered> =>
      rig.call('PATCH', `${tabs}/one?fieldManager=${manager}`, cronTab(spec), {
        'content-type': 'application/apply-patch+yaml',
      })
    await apply('a', { ports: [{ name: 'x', number: 1 }], tags: ['m'] })
    const both = await apply('b', { ports: [{ name: 'y', number: 2 }], tags: ['n'] })
    expect(both.body.spec.ports.map(({ name }: { name: string }) => name).toSorted()).toEqual(['x', 'y'])
    expect(both.body.spec.tags.toSorted()).toEqual(['m', 'n'])
    const conflict = await apply('b', { ports: [{ name: 'x', number: 3 }] })
    expect([conflict.code, conflict.body.message]).toEqual([
      409,
      'Apply failed with 1 conflict: conflict with "a": .spec.ports[name="x"].number',
    ])
  })

  it('applied to status belong to the status alone', async () => {
    await rig.call('POST', tabs, cronTab({}))
    const apply = (manager: string, body: object): Promise<Answered> =>
      rig.call('PATCH', `${tabs}/one/status?fieldManager=${manager}`, body, {
        'content-type': 'application/apply-patch+yaml',
      })
    const told = await apply('controller', { ...cronTab({ replicas: 9 }), status: { replicas: 1 } })
    expect(told.body).toMatchObject({ spec: { replicas: 1 }, status: { replicas: 1 } })
    const entry = told.body.metadata.managedFields.find(
      ({ manager }: { manager: string }) => manager === 'controller',
    )
    expect([entry.subresource, entry.fieldsV1]).toEqual(['status', { 'f:status': { 'f:replicas': {} } }])
    const conflict = await apply('other', { ...cronTab({}), status: { replicas: 2 } })
    expect(conflict.body.message).toBe(
      'Apply failed with 1 conflict: conflict with "controller" with subresource "status": .status.replicas',
    )
    const dropped = await apply('controller', cronTab({}))
    expect(dropped.body.status).toBeUndefined()
  })

  it('take no strategic merge patch', async () => {
    await rig.call('POST', tabs, cronTab({}))
    const { code } = await rig.call(
      'PATCH',
      `${tabs}/one`,
      {},
      {
        'content-type': 'application/strategic-merge-patch+json',
      },
    )
    expect(code).toBe(415)
  })
})

describe('several versions', () => {
  it('have schemas of their own; storing and serving change with the definition', async () => {
    const old = version('v1beta1', {
      schema: {
        openAPIV3Schema: {
          type: 'object',
          properties: {
            spec: {
              type: 'object',
              properties: { cronSpec: { type: 'string' }, old: { type: 'string', default: 'yes' } },
            },
          },
        },
      },
      additionalPrinterColumns: [],
      selectableFields: [],
      deprecated: true,
    })
    await define(definition({ versions: [version('v1'), old] }))
    await rig.call('POST', tabs, cronTab({}))
    const beta = tabs.replace('/v1/', '/v1beta1/')
    const seen = await rig.call('GET', `${beta}/one`)
    expect(seen.body).toMatchObject({ apiVersion: 'stable.example.com/v1beta1', spec: { old: 'yes' } })
    expect(seen.body.spec.replicas).toBeUndefined()
    const written = await rig.call('POST', beta, {
      ...cronTab({}, { name: 'two' }),
      apiVersion: 'stable.example.com/v1beta1',
    })
    expect(written.warnings).toEqual(['stable.example.com/v1beta1 CronTab is deprecated'])
    const group = (await rig.call('GET', '/apis/stable.example.com')).body
    expect(group.preferredVersion.version).toBe('v1')

    const current = (await rig.call('GET', `${crds}/crontabs.stable.example.com`)).body
    const [first, second] = current.spec.versions
    const moved = await rig.call('PUT', `${crds}/crontabs.stable.example.com`, {
      ...current,
      spec: {
        ...current.spec,
        versions: [
          { ...first, served: false, storage: false },
          { ...second, storage: true },
        ],
      },
    })
    expect(moved.body.status.storedVersions).toEqual(['v1', 'v1beta1'])
    expect((await rig.call('GET', tabs)).code).toBe(404)
    expect((await rig.call('GET', `${beta}/one`)).body.spec.cronSpec).toBe('* * * * */5')
    const trimmed = await rig.call('PUT', `${crds}/crontabs.stable.example.com`, {
      ...moved.body,
      spec: { ...moved.body.spec, versions: [{ ...second, storage: true }] },
    })
    expect(trimmed.body.message).toContain(
      'status.storedVersions[0]: Invalid value: "v1": must appear in spec.versions',
    )
  })
})

it('leaves nothing in the log of the server', () => {
  expect(rig.logged).toEqual([])
})
