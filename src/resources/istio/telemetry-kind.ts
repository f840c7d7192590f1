/** Telemetry's row in the table of kinds. */
import { defineKind } from '../define-kind.ts'
import { adviseTelemetry } from './advise-telemetry.ts'
import { validateTelemetry } from './validate-telemetry.ts'
import type { Telemetry } from './validate-telemetry.ts'

export const telemetryKind = defineKind<Telemetry>({
  group: 'telemetry.istio.io',
  kind: 'Telemetry',
  plural: 'telemetries',
  shortNames: ['telemetry'],
  categories: ['istio-io', 'telemetry-istio-io'],
  namespaced: true,
  versions: ['v1', 'v1alpha1'],
  subresources: { status: true },
  validate: validateTelemetry,
  advice: adviseTelemetry,
})
