import { describe, expect, test } from 'vitest'
import { CLUSTER_TYPE, ENDPOINT_TYPE, VIRTUAL_HOST_TYPE } from './ads-port.ts'
import { Subscription } from './subscription.ts'

describe('an incremental subscription', () => {
  test.each([
    [CLUSTER_TYPE, true],
    [VIRTUAL_HOST_TYPE, true],
    [ENDPOINT_TYPE, false],
  ])('an empty first request for %s: everything is %s', (typeUrl, wildcard) => {
    const subscription = new Subscription(typeUrl)
    subscription.changeBy([], [])
    expect(subscription.wildcard).toBe(wildcard)
  })

  test('an empty later request changes nothing', () => {
    const subscription = new Subscription(CLUSTER_TYPE)
    subscription.changeBy(['a'], [])
    expect(subscription.changeBy([], [])).toEqual({ wildcard: 'unchanged', added: [], removed: [] })
    expect(subscription.covers('b')).toBe(false)
  })

  test('a legacy wildcard stays when a name is added, and ends with an explicit *', () => {
    const subscription = new Subscription(CLUSTER_TYPE)
    subscription.changeBy([], [])
    expect(subscription.changeBy(['a'], []).wildcard).toBe('unchanged')
    expect(subscription.changeBy([], ['*']).wildcard).toBe('none')
    expect([subscription.covers('a'), subscription.covers('b')]).toEqual([true, false])
  })

  test('a name subscribed again counts as added', () => {
    const subscription = new Subscription(ENDPOINT_TYPE)
    subscription.changeBy(['a'], [])
    expect(subscription.changeBy(['a'], []).added).toEqual(['a'])
  })
})

describe('a state-of-the-world subscription', () => {
  test('lists all its names each time', () => {
    const subscription = new Subscription(ENDPOINT_TYPE)
    subscription.replaceBy(['a', 'b'])
    expect(subscription.replaceBy(['b', 'c'])).toEqual({
      wildcard: 'unchanged',
      added: ['c'],
      removed: ['a'],
    })
  })

  test('an empty list after names means none, before any it means everything', () => {
    const subscription = new Subscription(CLUSTER_TYPE)
    expect(subscription.replaceBy([]).wildcard).toBe('all')
    expect(subscription.replaceBy([]).wildcard).toBe('unchanged')
    expect(subscription.replaceBy(['a']).wildcard).toBe('none')
    subscription.replaceBy([])
    expect([subscription.wildcard, subscription.covers('a')]).toEqual([false, false])
  })

  test('* beside names is a wildcard', () => {
    const subscription = new Subscription(CLUSTER_TYPE)
    expect(subscription.replaceBy(['*', 'a'])).toMatchObject({ wildcard: 'all', added: ['a'] })
  })
})
