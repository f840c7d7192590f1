import { describe, expect, test } from 'vitest'
import { allKinds, findKind } from '../all-kinds.ts'
import { formatFieldError } from '../field-error.ts'
import type { KubeObject } from '../kube-object.ts'

const podSpec = { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] }

const errorsOf = (plural: string, spec: object, old?: object): readonly string[] => {
  const kind = findKind(allKinds, 'batch', plural)
  const object = (content: object): KubeObject => {
    const built = {
      apiVersion: 'batch/v1',
      kind: kind?.kind ?? '',
      metadata: { name: 'a', namespace: 'default' },
      ...{ spec: content },
    }
    return kind?.applyDefaults(built) ?? built
  }
  return (kind?.validate(object(spec), old === undefined ? undefined : object(old)) ?? []).map(
    formatFieldError,
  )
}

const job = (more: object = {}, pod: object = podSpec): object => ({ ...more, template: { spec: pod } })

describe('jobs', () => {
  test('one that the API has not seen needs no selector', () => {
    expect(errorsOf('jobs', job())).toEqual([])
  })

  test.each([
    [
      job({}, { ...podSpec, restartPolicy: 'Always' }),
      'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
    ],
    [
      job({ completionMode: 'Indexed', parallelism: 2 }),
      'spec.completions: Required value: when completion mode is Indexed',
    ],
    [job({ backoffLimit: -1 }), 'spec.backoffLimit: Invalid value: -1: must be greater than or equal to 0'],
    [
      job({ backoffLimitPerIndex: 1 }),
      'spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode',
    ],
    [
      job({ completionMode: 'Odd' }),
      'spec.completionMode: Unsupported value: "Odd": supported values: "NonIndexed", "Indexed"',
    ],
    [job({ manualSelector: true }), 'spec.selector: Required value'],
    [
      job({ successPolicy: { rules: [] } }),
      'spec.successPolicy: Invalid value: requires indexed completion mode',
    ],
    [
      job({
        completionMode: 'Indexed',
        completions: 2,
        successPolicy: { rules: [{ succeededIndexes: '0-5' }] },
      }),
      'spec.successPolicy.rules[0].succeededIndexes: Invalid value: "0-5": error parsing succeededIndexes: too large index: "5"',
    ],
    [
      job({ podFailurePolicy: { rules: [{ action: 'FailJob' }] } }),
      'spec.podFailurePolicy.rules[0]: Invalid value: specifying one of OnExitCodes and OnPodConditions is required',
    ],
    [
      job({
        podFailurePolicy: { rules: [{ action: 'FailIndex', onExitCodes: { operator: 'In', values: [1] } }] },
      }),
      'spec.podFailurePolicy.rules[0].action: Invalid value: "FailIndex": requires the backoffLimitPerIndex to be set',
    ],
    [
      job({
        podFailurePolicy: {
          rules: [{ action: 'Ignore', onExitCodes: { operator: 'In', values: [2, 0, 2] } }],
        },
      }),
      'spec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: [2,0,2]: must be ordered',
    ],
  ])('%j', (spec, message) => {
    expect(errorsOf('jobs', spec)).toContain(message)
  })

  test('what a Job may not change', () => {
    const errors = (spec: object, old: object): readonly string[] => errorsOf('jobs', spec, old)
    expect(errors(job({ parallelism: 3, completions: 3 }), job({ completions: 3 }))).toEqual([])
    expect(errors(job({ completions: 3 }), job({ completions: 2 }))).toEqual([
      'spec.completions: Invalid value: 3: field is immutable',
    ])
    const indexed = { completionMode: 'Indexed', completions: 2, parallelism: 2 }
    expect(errors(job({ ...indexed, completions: 4, parallelism: 4 }), job(indexed))).toEqual([])
    expect(errors(job({ ...indexed, completions: 4 }), job(indexed))).toEqual([
      'spec.completions: Invalid value: 4: can only be modified in tandem with spec.parallelism',
    ])
    const moved = job({}, { ...podSpec, nodeSelector: { a: 'b' } })
    expect(errors(moved, job())[0]).toMatch(/^spec\.template: Invalid value: .*field is immutable$/)
    expect(errors(moved, job({ suspend: true }))).toEqual([])
  })
})

describe('cron jobs', () => {
  const cron = (more: object): object => ({ schedule: '* * * * *', jobTemplate: { spec: job() }, ...more })

  test('a good one', () => {
    expect(errorsOf('cronjobs', cron({ timeZone: 'Europe/Rome' }))).toEqual([])
  })

  test.each([
    [{ schedule: '' }, 'spec.schedule: Required value'],
    [
      { schedule: '* * *' },
      'spec.schedule: Invalid value: "* * *": expected exactly 5 fields, found 3: [* * *]',
    ],
    [
      { schedule: 'TZ=UTC * * * * *' },
      'spec.schedule: Invalid value: "TZ=UTC * * * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field instead',
    ],
    [{ timeZone: 'Nowhere' }, 'spec.timeZone: Invalid value: "Nowhere": unknown time zone Nowhere'],
    [
      { concurrencyPolicy: 'Maybe' },
      'spec.concurrencyPolicy: Unsupported value: "Maybe": supported values: "Allow", "Forbid", "Replace"',
    ],
    [
      { startingDeadlineSeconds: -1 },
      'spec.startingDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      { jobTemplate: { spec: { template: { spec: { containers: podSpec.containers } } } } },
      'spec.jobTemplate.spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
    ],
  ])('%j', (more, message) => {
    expect(errorsOf('cronjobs', cron(more))).toContain(message)
  })
})
