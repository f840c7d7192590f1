import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../resources/kube-object.ts'
import { injectWorkload } from './inject-workload.ts'
import { defaultInjectionSettings } from './injection-settings.ts'

const settings = defaultInjectionSettings('0.1.0')

const template = (metadata: object = { labels: { app: 'a' } }) => ({
  metadata,
  spec: { containers: [{ name: 'app', image: 'a' }] },
})

const workload = (kind: string, spec: object): KubeObject =>
  ({ apiVersion: 'apps/v1', kind, metadata: { name: 'colors-v1' }, spec }) as unknown as KubeObject

const injected = (object: KubeObject) => {
  const outcome = injectWorkload(object, settings)
  if (!outcome.ok) throw new Error(outcome.error)
  return outcome.value
}

describe('kube-inject', () => {
  test.each([
    ['Deployment', { replicas: 1, template: template() }, 'template'],
    ['StatefulSet', { template: template() }, 'template'],
    ['DaemonSet', { template: template() }, 'template'],
    ['Job', { template: template() }, 'template'],
    [
      'CronJob',
      { schedule: '* * * * *', jobTemplate: { spec: { template: template() } } },
      'jobTemplate.spec.template',
    ],
  ])('a %s gets the sidecar into its template, the rest stays', (kind, spec, path) => {
    const { object, changed } = injected(workload(kind, spec))
    expect(changed).toBe(true)
    expect(object).toMatchObject({ kind, metadata: { name: 'colors-v1' } })
    expect(object).toHaveProperty(`spec.${path}.spec.initContainers.1.name`, 'istio-proxy')
    expect(object).toHaveProperty(`spec.${path}.spec.containers.0.name`, 'app')
    expect(object).toHaveProperty(`spec.${path}.metadata.labels.app`, 'a')
    expect(object).not.toHaveProperty(`spec.${path}.metadata.ownerReferences`)
    expect(JSON.stringify(object)).toContain(`/namespaces/default/${kind.toLowerCase()}s/colors-v1`)
  })

  test('a Pod gets it itself', () => {
    const pod = { apiVersion: 'v1', kind: 'Pod', ...template({ name: 'debug' }) } as unknown as KubeObject
    const { object } = injected(pod)
    expect(object.metadata.name).toBe('debug')
    expect(object).toHaveProperty('spec.initContainers.0.name', 'istio-init')
  })

  test('what makes no pods, what refuses and what has its sidecar stays as it is', () => {
    const service = workload('Service', { ports: [] })
    expect(injected(service)).toEqual({ object: service, changed: false })
    const refusing = workload('Deployment', {
      template: template({ labels: { 'sidecar.istio.io/inject': 'false' } }),
    })
    expect(injected(refusing)).toMatchObject({ object: refusing, changed: false })
    const once = injected(workload('Deployment', { template: template() })).object
    expect(injected(once)).toMatchObject({ object: once, changed: false })
  })

  test.each([
    [{}],
    [{ template: null }],
    [{ template: { spec: { containers: 3 } } }],
    [{ template: { spec: { containers: [3] } } }],
  ])('a template %j is refused with what to write', (spec) => {
    const outcome = injectWorkload(workload('Deployment', spec), settings)
    expect(outcome).toMatchObject({ ok: false, error: expect.stringContaining('spec.template') })
  })
})
