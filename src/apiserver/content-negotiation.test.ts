import { describe, expect, it } from 'vitest'
import { negotiate } from './content-negotiation.ts'

const none = new URLSearchParams()

describe('negotiate', () => {
  it('gives whole objects as JSON when nothing is asked', () => {
    const plain = { ok: true, value: { representation: { as: 'Object' }, encoding: 'json' } }
    expect(negotiate(undefined, none)).toEqual(plain)
    expect(negotiate('*/*', none)).toEqual(plain)
  })

  it("reads kubectl get's header: a Table, with metadata of the objects", () => {
    const header =
      'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json'
    expect(negotiate(header, none)).toMatchObject({
      value: { representation: { as: 'Table', includeObject: 'Metadata' } },
    })
    expect(negotiate(header, new URLSearchParams('includeObject=Object'))).toMatchObject({
      value: { representation: { includeObject: 'Object' } },
    })
  })

  it('prefers what is stored, and passes over what it does not have', () => {
    expect(negotiate('application/vnd.kubernetes.protobuf,application/json', none)).toMatchObject({
      value: { encoding: 'json' },
    })
    expect(negotiate('application/json;as=Table;v=v9;g=meta.k8s.io, application/yaml', none)).toMatchObject({
      value: { encoding: 'yaml', representation: { as: 'Object' } },
    })
  })

  it('honours preferences', () => {
    expect(negotiate('application/json;q=0.5, application/yaml;q=0.9', none)).toMatchObject({
      value: { encoding: 'yaml' },
    })
  })

  it('has protobuf for those who take nothing else, but no Table in it', () => {
    expect(negotiate('application/vnd.kubernetes.protobuf', none)).toMatchObject({
      value: { encoding: 'protobuf', representation: { as: 'Object' } },
    })
    const table = 'application/vnd.kubernetes.protobuf;as=Table;v=v1;g=meta.k8s.io'
    const result = negotiate(table, none)
    expect(result.ok ? undefined : result.error.status).toMatchObject({ code: 406, reason: 'NotAcceptable' })
    expect(negotiate(`${table},application/vnd.kubernetes.protobuf`, none)).toMatchObject({
      value: { representation: { as: 'Object' } },
    })
  })

  it('answers 406 when it has nothing of what is asked', () => {
    const result = negotiate('application/cbor', none)
    expect(result.ok ? undefined : result.error.status).toMatchObject({ code: 406, reason: 'NotAcceptable' })
  })
})
