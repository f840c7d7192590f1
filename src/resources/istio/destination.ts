/** Destination (networking.istio.io): a service, perhaps one subset and one port of it. */
export interface Destination {
  readonly host: string
  readonly subset?: string
  readonly port?: { readonly number?: number }
}
