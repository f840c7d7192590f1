/** Istio's messages about single objects. */
import type { MessageRow } from './message-row.ts'

export const schemaMessages = {
  IST0106: {
    name: 'SchemaValidationError',
    level: 'Error',
    template: 'Schema validation error: %v',
    description: 'Istio refuses this object: its schema or its validating webhook rejects a field.',
    remedy: 'Change the field as the message says.',
  },
  IST0133: {
    name: 'SchemaWarning',
    level: 'Warning',
    template: 'Schema validation warning: %v',
    description: 'Istio accepts this object, but warns about a field.',
    remedy: 'Change the field as the message says.',
  },
  WFT0003: {
    name: 'RenamedValue',
    level: 'Info',
    template: '%s is the old name of %s; it is called so since %s',
    description: 'The value still works, and later versions of Istio may refuse it.',
    remedy: 'Write the new name.',
  },
} as const satisfies Readonly<Record<string, MessageRow>>
