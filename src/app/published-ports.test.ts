import { describe, expect, test } from 'vitest'
import { parsePublished, publishedText, readPublished } from './published-ports.ts'

describe('--publish', () => {
  test.each([
    [[], undefined],
    [['none'], []],
    [['8080:80'], ['0.0.0.0:8080->80']],
    [
      ['127.0.0.1:8443:443', '8080:80'],
      ['127.0.0.1:8443->443', '0.0.0.0:8080->80'],
    ],
  ])('%j', (texts, expected) => {
    const published = parsePublished(texts)
    expect(published?.map(publishedText)).toEqual(expected)
    expect(readPublished(JSON.parse(JSON.stringify(published ?? [])))).toEqual(published ?? [])
  })

  test.each([
    [['80'], 'two or three parts'],
    [['8080:http'], '"http" is no port from 1 to 65535'],
    [['8080:0'], '"0" is no port'],
    [['65536:80'], '"65536" is no port'],
    [['localhost:8080:80'], '"localhost" is no IPv4 address'],
    [['1:2:3:4'], 'two or three parts'],
    [['8080:80', '8080:443'], '0.0.0.0:8080 stands there twice'],
    [['none', '8080:80'], 'beside ports to publish'],
  ])('%j is refused with what to write', (texts, words) => {
    expect(() => parsePublished(texts)).toThrow(words)
    expect(() => parsePublished(texts)).toThrow('such as 8080:80')
  })

  test.each([[undefined], ['8080:80'], [[1, {}, { address: '0.0.0.0', port: '1' }]]])(
    'a configuration that says %j publishes nothing',
    (value) => {
      expect(readPublished(value)).toEqual([])
    },
  )
})
