import { describe, expect, it } from 'vitest'
import { ok } from '../../primitives/result.ts'
import type { JsonValue } from '../../primitives/json-value.ts'
import { formatFieldError } from '../field-error.ts'
import type { Schema, ValidationRule } from '../schema.ts'
import { compileExpression } from './compile-expression.ts'
import { evaluateRules } from './evaluate-rules.ts'
import { createKubernetesEnvironment } from './kubernetes-environment.ts'
import { compileRules } from './rule-tree.ts'

const integer: Schema = { type: 'integer' }
const text: Schema = { type: 'string' }

const resource = (properties: Readonly<Record<string, Schema>>, ...rules: ValidationRule[]): Schema => ({
  type: 'object',
  properties: {
    apiVersion: text,
    kind: text,
    metadata: { type: 'object' },
    spec: { type: 'object', properties, 'x-kubernetes-validations': rules },
  },
})

const findings = (schema: Schema, spec: JsonValue, old?: JsonValue): readonly string[] => {
  const { tree, errors } = compileRules(schema)
  if (errors.length > 0 || tree === undefined) throw new Error(errors.map(formatFieldError).join('\n'))
  const whole = (part: JsonValue): JsonValue => ({ metadata: { name: 'x' }, spec: part })
  return evaluateRules(tree, { value: whole(spec), old: old === undefined ? undefined : whole(old) }, '').map(
    formatFieldError,
  )
}

const refused = (schema: Schema): readonly string[] => compileRules(schema).errors.map(formatFieldError)

describe('the library', () => {
  const environment = createKubernetesEnvironment()
  it.each([
    ['[1, 2, 2].isSorted() && ![2, 1].isSorted()'],
    ['[1, 2, 3].sum() == 6 && [0.5, 1.5].sum() == 2.0'],
    ['[3, 1, 2].min() == 1 && ["a", "c"].max() == "c"'],
    ['[1, 2, 1].indexOf(1) == 0 && [1, 2, 1].lastIndexOf(1) == 2 && [1].indexOf(9) == -1'],
    ['[1, 2, 1].distinct() == [1, 2] && [3, 1].sort() == [1, 3] && [1, 2, 3].slice(1, 3) == [2, 3]'],
    ['"abc 123".find("[0-9]+") == "123" && "a1b22".findAll("[0-9]+") == ["1", "22"]'],
    ['"a1b22".findAll("[0-9]+", 1) == ["1"] && "ABC".matches("(?i)^abc$")'],
    ['"a-b".replace("-", "_") == "a_b" && "aaa".replace("a", "b", 2) == "bba"'],
    ['"%s has %d of %.2f, %x".format(["x", 3, 0.5, 255]) == "x has 3 of 0.50, ff"'],
    ['"a,b".split(",") == ["a", "b"] && " a ".trim() == "a" && "aB".lowerAscii() == "ab"'],
    ['"abc".substring(1, 2) == "b" && "abc".charAt(2) == "c" && ["a", "b"].join("-") == "a-b"'],
    ['url("https://user@example.com:8443/a%20b?q=1&q=2").getPort() == "8443"'],
    ['url("https://[::1]:80/").getHostname() == "::1" && url("/a/b").getHost() == ""'],
    ['url("https://x/?q=1&q=2&r").getQuery() == {"q": ["1", "2"], "r": [""]}'],
    ['isURL("https://x/y") && !isURL("not a url") && !isURL("relative/path")'],
    ['quantity("1Gi").isGreaterThan(quantity("1G")) && quantity("500m") == quantity("0.5")'],
    ['quantity("1k").add(20).asInteger() == 1020 && !quantity("1500m").isInteger()'],
    ['isQuantity("10Mi") && !isQuantity("10Mo") && quantity("-1").sign() == -1'],
    ['ip("::1").family() == 6 && ip("127.0.0.1").isLoopback() && ip("8.8.8.8").isGlobalUnicast()'],
    ['ip.isCanonical("2001:db8::1") && !ip.isCanonical("2001:DB8::1") && !isIP("1.2.3.04")'],
    ['cidr("10.0.0.0/8").containsIP("10.9.8.7") && !cidr("10.0.0.0/8").containsCIDR("0.0.0.0/0")'],
    ['string(cidr("10.1.2.3/8").masked()) == "10.0.0.0/8" && cidr("::/64").prefixLength() == 64'],
    ['sets.contains([1, 2], [2]) && sets.equivalent([1, 1], [1]) && !sets.intersects([1], [2])'],
    ['!format.dns1123Label().validate("abc").hasValue() && format.uuid().validate("x").hasValue()'],
    ['format.named("byte").hasValue() && !format.named("none").hasValue()'],
    ['optional.of(2).optMap(x, x * 2).orValue(0) == 4 && optional.none().orValue(1) == 1'],
    ['duration("90m") > duration("1h") && timestamp("2024-02-01T00:00:00Z").getMonth() == 1'],
  ])('%s', (expression) => {
    const compiled = compileExpression(environment, expression)
    expect(compiled.ok ? compiled.value.evaluate({}) : compiled.error).toEqual(ok(true))
  })
})

describe('rules', () => {
  const bounds = resource(
    { minReplicas: integer, maxReplicas: integer },
    {
      rule: 'self.minReplicas <= self.maxReplicas',
      message: 'minReplicas cannot be larger than maxReplicas',
    },
  )

  it('say where and what', () => {
    expect(findings(bounds, { minReplicas: 1, maxReplicas: 2 })).toEqual([])
    expect(findings(bounds, { minReplicas: 3, maxReplicas: 2 })).toEqual([
      'spec: Invalid value: "object": minReplicas cannot be larger than maxReplicas',
    ])
  })

  it('fail with the reason of an expression that cannot be evaluated', () => {
    expect(findings(bounds, { minReplicas: 3 })).toEqual([
      'spec: Invalid value: "object": no such key: maxReplicas evaluating rule: minReplicas cannot be larger than maxReplicas',
    ])
  })

  it('show the rule where there is no message, and the message expression before the message', () => {
    const plain = resource({ a: integer }, { rule: 'self.a > 1' })
    expect(findings(plain, { a: 1 })).toEqual(['spec: Invalid value: "object": failed rule: self.a > 1'])
    const made = resource(
      { a: integer },
      { rule: 'self.a > 1', message: 'plain', messageExpression: '"a is " + string(self.a)' },
    )
    expect(findings(made, { a: 1 })).toEqual(['spec: Invalid value: "object": a is 1'])
  })

  it('take reason and fieldPath', () => {
    const schema = resource(
      { a: integer, 'b-c': text },
      {
        rule: 'has(self.b__dash__c)',
        message: 'needed',
        reason: 'FieldValueRequired',
        fieldPath: "['b-c']",
      },
      { rule: 'self.a != 2', message: 'no', reason: 'FieldValueForbidden', fieldPath: '.a' },
    )
    expect(findings(schema, { a: 2 })).toEqual(['spec.b-c: Required value: needed', 'spec.a: Forbidden: no'])
  })

  it('see lists, maps, nested objects, int-or-string, bytes and times', () => {
    const item: Schema = {
      type: 'object',
      properties: { name: text, port: { 'x-kubernetes-int-or-string': true } },
    }
    const schema = resource(
      {
        items: { type: 'array', items: item },
        labels: { type: 'object', additionalProperties: text },
        data: { type: 'string', format: 'byte' },
        since: { type: 'string', format: 'date-time' },
      },
      { rule: 'self.items.all(i, type(i.port) == int ? i.port > 0 : i.port.startsWith("p"))' },
      { rule: 'self.items.map(i, i.name).isSorted()' },
      { rule: '"app" in self.labels && self.labels["app"] != ""' },
      { rule: 'self.data == b"hi"' },
      { rule: 'self.since < timestamp("2026-01-01T00:00:00Z")' },
    )
    const items = [
      { name: 'a', port: 1 },
      { name: 'b', port: 'p' },
    ]
    const rest = { labels: { app: 'x' }, data: 'aGk=', since: '2025-01-01T00:00:00Z' }
    expect(findings(schema, { items, ...rest })).toEqual([])
    expect(findings(schema, { items: items.toReversed(), ...rest })).toHaveLength(1)
    expect(findings(schema, { items: [{ name: 'a', port: 'x' }], ...rest, data: 'aGg=' })).toHaveLength(2)
  })

  it('of values of maps and items of lists name their place', () => {
    const small: Schema = { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self < 3' }] }
    const schema = resource({
      list: { type: 'array', items: small },
      map: { type: 'object', additionalProperties: small },
    })
    expect(findings(schema, { list: [1, 5], map: { a: 1, b: 9 } })).toEqual([
      'spec.list[1]: Invalid value: "integer": failed rule: self < 3',
      'spec.map[b]: Invalid value: "integer": failed rule: self < 3',
    ])
  })

  it('ask with has() behind an index, in texts and of fields that there are', () => {
    const list: Schema = { type: 'array', items: { type: 'object', properties: { a: integer } } }
    const schema = resource(
      { list },
      { rule: "size(self.list) == 0 || has(self.list[0].a) || 'has(x)' == 'y'", message: 'first has a' },
    )
    expect(findings(schema, { list: [{ a: 1 }] })).toEqual([])
    expect(findings(schema, { list: [{}] })).toHaveLength(1)
    expect(refused(resource({ list }, { rule: 'has(self.lst)' }))[0]).toContain("undefined field 'lst'")
  })

  it('on the root see the name', () => {
    const schema = { ...resource({}), 'x-kubernetes-validations': [{ rule: 'self.metadata.name == "y"' }] }
    expect(findings(schema, {})).toHaveLength(1)
  })
})

describe('transition rules', () => {
  const immutable = resource({
    a: { ...integer, 'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'is immutable' }] },
  })

  it('run where there is an old value', () => {
    expect(findings(immutable, { a: 1 })).toEqual([])
    expect(findings(immutable, { a: 1 }, { a: 1 })).toEqual([])
    expect(findings(immutable, { a: 1 }, {})).toEqual([])
    expect(findings(immutable, { a: 2 }, { a: 1 })).toEqual([
      'spec.a: Invalid value: "integer": is immutable',
    ])
  })

  it('compare objects as a whole', () => {
    const schema = resource({
      o: {
        type: 'object',
        properties: { p: integer, q: { type: 'array', items: text } },
        'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'is immutable' }],
      },
    })
    const before = { o: { p: 1, q: ['x'] } }
    expect(findings(schema, { o: { q: ['x'], p: 1 } }, before)).toEqual([])
    expect(findings(schema, { o: { p: 1, q: ['y'] } }, before)).toHaveLength(1)
  })

  it('find items of keyed lists by their keys', () => {
    const schema = resource({
      list: {
        type: 'array',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['name'],
        items: {
          type: 'object',
          properties: { name: text, n: integer },
          'x-kubernetes-validations': [{ rule: 'self.n >= oldSelf.n', message: 'only upwards' }],
        },
      },
    })
    const old = {
      list: [
        { name: 'a', n: 5 },
        { name: 'b', n: 1 },
      ],
    }
    expect(
      findings(
        schema,
        {
          list: [
            { name: 'b', n: 2 },
            { name: 'a', n: 4 },
          ],
        },
        old,
      ),
    ).toEqual(['spec.list[1]: Invalid value: "object": only upwards'])
  })

  it('with optionalOldSelf run on creates too', () => {
    const schema = resource({
      a: {
        ...integer,
        'x-kubernetes-validations': [
          { rule: 'oldSelf.hasValue() || self == 0', message: 'starts at 0', optionalOldSelf: true },
        ],
      },
    })
    expect(findings(schema, { a: 1 })).toHaveLength(1)
    expect(findings(schema, { a: 0 })).toEqual([])
    expect(findings(schema, { a: 1 }, { a: 0 })).toEqual([])
  })

  it('other rules let what did not change be as it is', () => {
    const schema = resource({ a: { ...integer, 'x-kubernetes-validations': [{ rule: 'self < 3' }] } })
    expect(findings(schema, { a: 5 }, { a: 5 })).toEqual([])
    expect(findings(schema, { a: 6 }, { a: 5 })).toHaveLength(1)
  })
})

describe('rules that do not compile', () => {
  const at = 'properties[spec].x-kubernetes-validations[0]'
  it.each<[ValidationRule, string]>([
    [
      { rule: 'self.b > 1' },
      `${at}.rule: Invalid value: "self.b > 1": compilation failed: ERROR: <input>:1:6: undefined field 'b'\n | self.b > 1\n | .....^`,
    ],
    [{ rule: 'self.a >' }, 'compilation failed: ERROR: <input>:1:9: Unexpected token: EOF'],
    [{ rule: 'self.a + 1' }, 'cel expression must evaluate to a bool'],
    [{ rule: 'self.a == "x"' }, 'no such overload: int == string'],
    [{ rule: ' ' }, `${at}.rule: Required value: rule is not specified`],
    [{ rule: 'true', message: 'a\nb' }, 'message must not contain line breaks'],
    [
      { rule: 'self.a ==\n1' },
      `${at}.message: Required value: message must be specified if rule contains line breaks`,
    ],
    [{ rule: 'true', messageExpression: 'self.a' }, 'messageExpression must evaluate to a string'],
    [{ rule: 'true', fieldPath: '.nope' }, 'does not refer to a valid field'],
    [{ rule: 'true', optionalOldSelf: true }, 'may not be set if oldSelf is not used in rule'],
  ])('%j', (rule, words) => {
    const [error = '', ...more] = refused(resource({ a: integer }, rule))
    expect(error).toContain(words)
    expect(more).toEqual([])
  })

  it('a transition rule on what cannot be followed', () => {
    const list: Schema = {
      type: 'array',
      items: { ...integer, 'x-kubernetes-validations': [{ rule: 'self >= oldSelf' }] },
    }
    expect(refused(resource({ list }))[0]).toContain('oldSelf cannot be used on the uncorrelatable portion')
  })
})
