import { test as property, fc } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { isAddressOrBlock, isIpv6 } from '../meta/ip-address.ts'
import { durationProblem } from './duration.ts'
import { headerValueProblem } from './header-value.ts'
import { fqdnProblem, isSubsetOfHost, wildcardDomainProblem } from './host-syntax.ts'
import { firstOverlaps } from './overlapping-hosts.ts'
import { regexProblem } from './regex-syntax.ts'

describe('durations', () => {
  test.each([
    ['1ms', true],
    ['0s', false],
    ['1.0005s', false],
    ['soon', false],
  ])('%s is accepted: %s', (text, accepted) => {
    expect(durationProblem(text) === undefined).toBe(accepted)
  })
})

describe('hosts', () => {
  test.each([
    ['reviews', true],
    ['reviews.default.svc.cluster.local', true],
    ['istio.io.', true],
    ['a..b', false],
    ['a_b', false],
    ['10.0.0.1', false],
    ['*.com', false],
  ])('%s is a domain name: %s', (host, accepted) => {
    expect(fqdnProblem(host) === undefined).toBe(accepted)
  })
  test.each([
    ['*', true],
    ['*.com', true],
    ['foo.*.com', false],
    ['foo*.com', false],
  ])('%s is a domain name or a wildcard: %s', (host, accepted) => {
    expect(wildcardDomainProblem(host) === undefined).toBe(accepted)
  })
  const host = fc.constantFrom('*', '*.com', '*.foo.com', 'a.foo.com', 'foo.com', 'b.org')
  property.prop([host, host])('overlap is symmetric; a subset overlaps', (left, right) => {
    expect(firstOverlaps([left, right])).toEqual(firstOverlaps([right, left]))
    if (isSubsetOfHost(left, right)) expect(firstOverlaps([left, right])).toEqual([undefined, 0])
  })
})

describe('regular expressions', () => {
  test.each([
    '.*',
    '(?i)a',
    '(?P<x>a)',
    '[[:alpha:]]+',
    '\\d+\\.',
    '\\Qa*(\\E',
    '^/(a|b)$',
    '\\pL',
    '(?i:a)b',
  ])('%s', (text) => {
    expect(regexProblem(text)).toBeUndefined()
  })
  test.each(['', '*', '?', '[', '(', 'a(?=b)', '(?<!a)b', '(a)\\1', 'a'.repeat(1025)])(
    'refused: %s',
    (text) => {
      expect(regexProblem(text)).toBeDefined()
    },
  )
})

describe('header values', () => {
  test.each([
    'plain',
    '%HOSTNAME%',
    '100%%',
    'a %REQ(X-USER)% b',
    '%UPSTREAM_METADATA(["a","b%"])%',
    '%A( [ "a" , "b" ] ) %',
    '%%%A%',
  ])('%s', (value) => {
    expect(headerValueProblem(value)).toBeUndefined()
  })
  test.each([
    'abc%123',
    'a %REQ(X-USER):10% b',
    '%START_TIME%%',
    '50%',
    'a\nb',
    '%A(["a" "b"])%',
    '%A(b)c%',
    '%A(b%',
    '%A(["a",b])%',
    '%A("\\',
  ])('refused: %j', (value) => {
    expect(headerValueProblem(value)).toBeDefined()
  })
})

describe('addresses', () => {
  test.each([
    ['10.0.0.0/8', true],
    ['10.0.0.1', true],
    ['::1/128', true],
    ['10.0.0.0/33', false],
    ['10.0.0.256', false],
    ['10.0.0.0/8/1', false],
  ])('%s: %s', (text, accepted) => {
    expect(isAddressOrBlock(text)).toBe(accepted)
  })
  property.prop([fc.ipV6()])('version 6', (text) => {
    expect(isIpv6(text)).toBe(true)
  })
})
