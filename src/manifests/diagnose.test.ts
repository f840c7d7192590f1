import { fc, test as property } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { parseManifests } from './parse-manifests.ts'
import { applyRepair } from './repair.ts'

const head = 'apiVersion: v1\nkind: Thing\n'

/** The first error of `spec`, whose own line is line 3, and what is read in spite of it. */
const read = (
  spec: string,
): {
  readonly at: readonly number[]
  readonly message: string
  readonly lines: readonly string[]
  readonly spec: unknown
} => {
  const { errors, objects } = parseManifests(head + spec, 'a.yaml')
  const [error] = errors
  const [first] = objects
  return {
    at: [error?.line ?? 0, error?.column ?? 0],
    message: error?.message ?? '',
    lines: error?.repair?.lines ?? [],
    spec: first === undefined ? undefined : JSON.parse(JSON.stringify(first.object)).spec,
  }
}

describe('a map that is also a list', () => {
  const gateway = `spec:
  servers:
    hosts:
    - "*"
  - Port:
      number: 80
      name: http
      protocol: HTTP
  selector: {app: web}
`
  test('the key is marked, and the lines to write are shown', () => {
    const { at, message, lines } = read(gateway)
    expect(at).toEqual([4, 3])
    expect(message).toMatch(/^`servers` must be a list/)
    expect(lines).toEqual([
      '  - hosts: ["*"]',
      '    Port:',
      '      number: 80',
      '      name: http',
      '      protocol: HTTP',
    ])
  })
  test('the object is read as it was meant, each field in its place', () => {
    const { objects } = parseManifests(head + gateway, 'a.yaml')
    expect(objects[0]?.positionOf('spec.servers[0].Port')).toEqual({ line: 7, column: 5 })
    expect(objects[0]?.positionOf('spec.selector')).toEqual({ line: 11, column: 3 })
  })
  test('items that repeat the fields stay items of their own', () => {
    const { lines, spec } = read('spec:\n  ports:\n    number: 1\n    name: a\n  - number: 2\n    name: b\n')
    expect(lines).toEqual(['  - number: 1', '    name: a'])
    expect(spec).toEqual({
      ports: [
        { number: 1, name: 'a' },
        { number: 2, name: 'b' },
      ],
    })
  })
})

describe('where a fault begins, why, and what to write', () => {
  test.each<[string, string, number[], [RegExp, string[]]]>([
    [
      'below a value',
      'spec:\n  name: x\n    deep: 1\n  z: 2\n',
      [5, 5],
      [/below `name`, which has a value/, ['  deep: 1']],
    ],
    [
      'less deep',
      'spec:\n    name: x\n  z: 2\n',
      [5, 3],
      [/unlike anything above it; indent it by 4/, ['    z: 2']],
    ],
    ['an item beside', 'spec:\n  hosts:\n    - a\n   - b\n', [6, 6], [/indented by 3 spaces/, ['    - b']]],
    ['tabs', 'spec:\n\tname: x\n\tb: 1\n', [4, 1], [/a tab indents this line/, ['  name: x', '  b: 1']]],
    ['no space', 'spec:\n  a:1\n  b: 2\n', [4, 3], [/space is missing after the colon of `a`/, ['  a: 1']]],
    [
      'a bare *',
      'spec:\n  hosts:\n  - *.example.com\n',
      [5, 5],
      [/\* begins an alias/, ["  - '*.example.com'"]],
    ],
    ['a bare @', 'spec:\n  a: @x\n', [4, 6], [/cannot begin with @/, ["  a: '@x'"]]],
    ['two colons', 'spec:\n  a: b: c\n', [4, 6], [/begins another field/, ["  a: 'b: c'"]]],
    [
      'a field beside a dash',
      'spec:\n  x:\n    - b: 2\n    a: 1\n',
      [6, 5],
      [/where a dash is expected/, ['      a: 1']],
    ],
    ['a key twice', 'spec:\n  a: 1\n  b: 2\n  a: 3\n', [6, 3], [/`a`, first on line 4/, []]],
  ])('%s', (_name, spec, at, [message, lines]) => {
    const found = read(spec)
    expect(found).toMatchObject({ at, lines })
    expect(found.message).toMatch(message)
    expect(found.spec === undefined).toBe(lines.length === 0)
  })

  test('several faults are all said', () => {
    const { errors } = parseManifests(`${head}spec:\n  a:1\n  b: 2\n---\n${head}spec:\n\tx: 1\n`, 'a.yaml')
    expect(errors.map(({ line }) => line)).toEqual([4, 10])
  })

  test('a text block is not looked into', () => {
    expect(read('spec:\n  text: |\n    a:1\n     - x\n  b: @\n').at).toEqual([7, 6])
  })
})

const name = fc.stringMatching(/^k[a-z]{1,5}$/)
const fields = fc.uniqueArray(name, { minLength: 2, maxLength: 5 })

describe('properties', () => {
  property.prop([fields, fields])('a missing dash is repaired by the lines to write', (first, rest) => {
    const item = (keys: readonly string[]): string =>
      keys
        .map((key) => `      ${key}: 1\n`)
        .join('')
        .slice(6)
    const text = `${head}spec:\n  list:\n      ${item(first)}    - ${item(rest)}  after: 1\n`
    const [error] = parseManifests(text, 'a').errors
    const repaired = error?.repair === undefined ? '' : applyRepair(text, error.repair)
    const { objects, errors } = parseManifests(repaired, 'a')
    expect(error?.line).toBe(4)
    expect(errors).toEqual([])
    expect(objects).toHaveLength(1)
  })

  property.prop([
    fc.array(fc.constantFrom('a: 1', '- b', '- c: 2', 'd:', '  ', '\t', '\n', '*', '"', '{', ': ', '|'), {
      maxLength: 30,
    }),
  ])('broken texts give a place and a reason', (parts) => {
    const text = parts.join('')
    const lines = text.split('\n').length
    for (const { line, column, message } of parseManifests(text, 'a').errors) {
      expect(line).toBeGreaterThan(0)
      expect(line).toBeLessThanOrEqual(lines)
      expect(column).toBeGreaterThan(0)
      expect(message).not.toBe('')
    }
  })
})
