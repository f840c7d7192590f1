/** Event of events.k8s.io: the events of core/v1 under newer names. */
import { eventKind } from '../core/event-kind.ts'
import { defineKind } from '../define-kind.ts'
import { notSupported, required } from '../field-error.ts'
import type { FieldError } from '../kind.ts'
import type { KubeObject } from '../kube-object.ts'
import { validateMetadata } from '../meta/validate-metadata.ts'
import { asCoreEvent, asNewEvent } from './event-view.ts'

interface NewEvent extends KubeObject {
  readonly eventTime?: string | null
  readonly reportingController?: string
  readonly reportingInstance?: string
  readonly action?: string
  readonly reason?: string
  readonly type?: string
}

const REQUIRED = ['reportingController', 'reportingInstance', 'action', 'reason'] as const
const TYPES = ['Normal', 'Warning']

/** pkg/apis/core/validation ValidateEventCreate: an event of the new group says who saw what. */
const validate = (event: NewEvent, old?: NewEvent): readonly FieldError[] => {
  const errors = validateMetadata(event)
  // Those of core, which are seen here too, have less.
  if (old !== undefined) return errors
  return [
    ...errors,
    ...((event.eventTime ?? '') === '' ? [required('eventTime')] : []),
    ...REQUIRED.flatMap((field) => ((event[field] ?? '') === '' ? [required(field)] : [])),
    ...(TYPES.includes(event.type ?? '') ? [] : [notSupported('type', event.type ?? '', TYPES)]),
  ]
}

export const newEventKind = defineKind<NewEvent>({
  group: 'events.k8s.io',
  kind: 'Event',
  plural: 'events',
  shortNames: ['ev'],
  namespaced: true,
  versions: ['v1'],
  columns: eventKind.columns.map((column) => ({
    ...column,
    cell: (object, now) => column.cell(asCoreEvent(object), now),
  })),
  storedAs: { kind: eventKind, toStored: asCoreEvent, fromStored: asNewEvent },
  generationChanges: () => false,
  validate,
})
