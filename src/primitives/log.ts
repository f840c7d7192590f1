/** Log lines as a port: what happened, and fields that tell about it. Whoever composes the program decides where they go. */
export type Log = (message: string, fields?: Record<string, unknown>) => void
