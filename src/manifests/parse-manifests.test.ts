import { fc, test as property } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { fieldSteps } from './field-steps.ts'
import { formatManifestError } from './manifest.ts'
import { parseManifests } from './parse-manifests.ts'

const service = `apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  ports:
    - port: 80
      name: http
`

const errorsOf = (text: string): readonly string[] =>
  parseManifests(text, 'a.yaml').errors.map(formatManifestError)

describe('objects', () => {
  test('several documents, empty ones left out', () => {
    const { objects, errors } = parseManifests(`${service}---\n# nothing\n---\n${service}`, 'a.yaml')
    expect(errors).toEqual([])
    expect(objects.map(({ object }) => object.metadata.name)).toEqual(['web', 'web'])
    expect(objects[1]?.positionOf('kind')).toEqual({ line: 13, column: 1 })
  })

  test('a List gives its items', () => {
    const list = {
      apiVersion: 'v1',
      kind: 'List',
      items: [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } }],
    }
    const { objects } = parseManifests(JSON.stringify(list, null, 2), 'a.json')
    expect(objects.map(({ object }) => object.kind)).toEqual(['Pod'])
    expect(objects[0]?.positionOf('metadata.name')).toEqual({ line: 9, column: 9 })
  })

  test('no objects in an empty text', () => {
    expect(parseManifests('', '-')).toEqual({ objects: [], errors: [] })
  })

  test('scalars mean what they mean to kubectl', () => {
    const { objects } = parseManifests(
      'apiVersion: v1\nkind: Thing\nspec: {mode: 0644, on: yes, text: "yes", time: 12:30, day: 2026-01-31}\n',
      'a.yaml',
    )
    expect(objects[0]?.object).toMatchObject({
      spec: { mode: 420, true: true, text: 'yes', time: '12:30', day: '2026-01-31' },
    })
  })

  test('merge keys and anchors are expanded', () => {
    const { objects } = parseManifests(
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nx: &x {b: "1"}\ndata: {<<: *x, c: "2"}\n',
      'a.yaml',
    )
    expect(objects[0]?.object).toMatchObject({ data: { b: '1', c: '2' } })
  })
})

describe('positions', () => {
  const [object] = parseManifests(service, 'a.yaml').objects
  test.each([
    ['spec.ports[0].name', 8, 7],
    ['spec.ports[0]', 7, 7],
    ['metadata.name', 4, 3],
    ['', 1, 1],
    ['spec.ports[0].protocol', 7, 7],
    ['spec.selector[app]', 5, 1],
  ])('%s', (path, line, column) => {
    expect(object?.positionOf(path)).toEqual({ line, column })
  })

  test('keys with dots', () => {
    expect(fieldSteps('metadata.labels[app.kubernetes.io/name].x[2]')).toEqual([
      'metadata',
      'labels',
      'app.kubernetes.io/name',
      'x',
      2,
    ])
  })
})

describe('errors say where and what to write', () => {
  test('a tab', () => {
    expect(errorsOf('apiVersion: v1\nkind: Pod\nmetadata:\n\tname: a\n')[0]).toMatch(
      /^a\.yaml:4:1: a tab .* two spaces/,
    )
  })
  test('a key twice', () => {
    expect(errorsOf('apiVersion: v1\nkind: Pod\nkind: Pod\n')[0]).toMatch(
      /^a\.yaml:3:1: this key is written twice/,
    )
  })
  test('wrong indentation', () => {
    expect(errorsOf('apiVersion: v1\nmetadata:\n    name: a\n  labels: {}\n')[0]).toMatch(/^a\.yaml:4:/)
  })
  test('an unclosed quote', () => {
    expect(errorsOf('apiVersion: "v1\nkind: Pod\n')[0]).toMatch(/closing quote/)
  })
  test.each([
    ['no apiVersion', 'kind: Pod\n', /no apiVersion/],
    ['no kind', 'apiVersion: v1\n', /no kind/],
    ['metadata as text', 'apiVersion: v1\nkind: Pod\nmetadata: a\n', /metadata must be an object/],
    ['a bare value', 'hello\n', /must be an object/],
    ['a list', '- a\n', /must be an object/],
  ])('%s', (_name, text, message) => {
    expect(errorsOf(text)[0]).toMatch(message)
  })

  test('a broken document does not hide the others', () => {
    const { objects, errors } = parseManifests(`${service}---\nkind: [\n---\n${service}`, 'a.yaml')
    expect(errors.length).toBeGreaterThan(0)
    expect(objects.length).toBeGreaterThan(0)
  })
})

const json = fc.jsonValue({ maxDepth: 3, noUnicodeString: true })
const key = fc.stringMatching(/^f[a-zA-Z]{0,8}$/)

describe('properties', () => {
  property.prop([fc.dictionary(key, json)])('what is written is read, as YAML and as JSON', (spec) => {
    const object = { apiVersion: 'v1', kind: 'Thing', metadata: { name: 'a' }, spec }
    const expected = JSON.parse(JSON.stringify(object))
    const read = (text: string): unknown =>
      JSON.parse(JSON.stringify(parseManifests(text, 'a').objects[0]?.object))
    expect(read(stringify(object, { version: '1.1' }))).toEqual(expected)
    expect(read(JSON.stringify(object))).toEqual(expected)
  })

  property.prop([fc.array(key, { minLength: 1, maxLength: 6 })])(
    'every written field is found on its own line',
    (keys) => {
      const unique = [...new Set(keys)]
      const text = `apiVersion: v1\nkind: Thing\nspec:\n${unique.map((name) => `  ${name}: 1\n`).join('')}`
      const [object] = parseManifests(text, 'a').objects
      for (const [index, name] of unique.entries()) {
        expect(object?.positionOf(['spec', name])).toEqual({ line: 4 + index, column: 3 })
      }
    },
  )

  property.prop([fc.string()])('no text makes it throw', (text) => {
    expect(parseManifests(text, 'a').errors.every(({ line, column }) => line >= 1 && column >= 1)).toBe(true)
  })
})
