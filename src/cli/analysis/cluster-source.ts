/** The source of live objects: they have no file. */
export const CLUSTER = ''
