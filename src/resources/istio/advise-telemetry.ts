/** What Istio warns of in a Telemetry that it accepts. */
import { child, itemsAt } from '../field-path.ts'
import { advise, adviseSelector } from './advise.ts'
import type { Advices } from './advise.ts'
import type { Telemetry } from './validate-telemetry.ts'

export const adviseTelemetry = ({ spec = {} }: Telemetry): Advices => [
  ...adviseSelector(spec),
  ...itemsAt('spec.metrics', spec.metrics).flatMap((metrics) =>
    itemsAt(child(metrics.path, 'overrides'), metrics.value.overrides).flatMap(({ path, value }) =>
      advise(
        Object.hasOwn(value.tagOverrides ?? {}, ''),
        child(path, 'tagOverrides'),
        'tagOverrides.name may not be empty',
      ),
    ),
  ),
  ...advise((spec.tracing ?? []).length > 1, 'spec.tracing', 'multiple tracing is not currently supported'),
  ...itemsAt('spec.tracing', spec.tracing).flatMap(({ path, value }) =>
    advise(
      (value.providers ?? []).length > 1,
      child(path, 'providers'),
      'multiple providers is not currently supported',
    ),
  ),
]
