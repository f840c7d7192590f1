import { describe, expect, test } from 'vitest'
import { readManifests } from './analysis-inputs.ts'

const messages = (text: string, isNamed: boolean): readonly string[] =>
  readManifests({ name: 'a.yaml', text, isNamed }).errors.map(
    ({ line, column, message }) => `${line}:${column} ${message}`,
  )

describe('a file that is no manifest', () => {
  test.each([
    ['values', 'replicas: 2\n'],
    ['a chart', 'apiVersion: v2\nname: shop\n'],
    ['data of another format', '{"a": 1}\n{"b": 2}\n'],
  ])('%s is passed over in a directory, and told where it is named', (_title, text) => {
    expect(messages(text, false)).toEqual([])
    expect(messages(text, true)).not.toEqual([])
  })
  test('a template is told once, at its first action', () => {
    const text =
      'apiVersion: v1\nkind: Service\nmetadata:\n  labels: {{ .Values.a }}\n  {{- with b }}\n  {{ end }}\n'
    const said = ['4:11 this is a template and no YAML; render it first, e.g. with "helm template"']
    expect(messages(text, false)).toEqual(said)
    expect(messages(text, true)).toEqual(said)
  })
  test('what can be read beside a template is read', () => {
    const text = 'a: {{ b }}\n  {{ c }}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n'
    expect(readManifests({ name: 'a.yaml', text, isNamed: true }).objects).toHaveLength(1)
  })
  test('braces within a text are no template', () => {
    expect(
      messages('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: "{{ b }}"}\n', true),
    ).toEqual([])
  })
})
