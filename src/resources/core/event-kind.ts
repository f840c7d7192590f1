/** Event's row in the table of kinds. */
import { defineKind } from '../define-kind.ts'
import { ageSince } from '../meta/age.ts'
import { column } from '../meta/printer-columns.ts'
import type { Event } from './event.ts'
import { validateMetadata } from '../meta/validate-metadata.ts'

const firstSeen = (event: Event, now: number): string =>
  ageSince(event.firstTimestamp ?? event.eventTime, now)

const lastSeen = (event: Event, now: number): string => {
  if (event.series !== undefined) return ageSince(event.series.lastObservedTime, now)
  return ageSince(event.lastTimestamp ?? event.firstTimestamp ?? event.eventTime, now)
}

const target = ({ involvedObject }: Event): string => {
  const kind = (involvedObject.kind ?? '').toLowerCase()
  const name = involvedObject.name ?? ''
  return name === '' ? kind : `${kind}/${name}`
}

const source = (event: Event): string => {
  const component = event.source?.component ?? event.reportingComponent ?? ''
  const instance = event.source?.component === undefined ? event.reportingInstance : event.source.host
  return instance === undefined || instance === '' ? component : `${component}, ${instance}`
}

const count = ({ series, count: counted }: Event): number =>
  series?.count ?? (counted === undefined || counted === 0 ? 1 : counted)

export const eventKind = defineKind<Event>({
  group: '',
  kind: 'Event',
  plural: 'events',
  shortNames: ['ev'],
  namespaced: true,
  versions: ['v1'],
  columns: [
    column<Event>('Last Seen', 'The time at which the most recent occurrence was recorded.', lastSeen),
    column<Event>('Type', 'Type of this event (Normal, Warning).', ({ type }) => type ?? ''),
    column<Event>('Reason', 'Why the object got into its present state.', ({ reason }) => reason ?? ''),
    column<Event>('Object', 'The object that this event is about.', target),
    column<Event>(
      'Subobject',
      'The part of the object that this event is about.',
      ({ involvedObject }) => involvedObject.fieldPath ?? '',
      { wide: true },
    ),
    column<Event>('Source', 'The component reporting this event.', source, { wide: true }),
    column<Event>('Message', 'What happened.', ({ message }) => (message ?? '').trim()),
    column<Event>('First Seen', 'The time at which the event was first recorded.', firstSeen, { wide: true }),
    column<Event>('Count', 'How often this event has occurred.', count, { wide: true, type: 'integer' }),
    column<Event>('Name', 'Name must be unique within a namespace.', ({ metadata }) => metadata.name, {
      wide: true,
    }),
  ],
  generationChanges: () => false,
  validate: (object) => validateMetadata(object),
})
