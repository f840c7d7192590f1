/** What one client holds of one type: mostly a map shared with everybody else, and where it deviates. */
import type { EncodedResource } from './resource.ts'

/** A resource that the client holds; after a reconnect only its version is known. */
export type HeldResource = EncodedResource | { readonly version: string; readonly body?: undefined }

const noResources: ReadonlyMap<string, EncodedResource> = new Map()

/**
 * Thousands of clients hold equal sets, so the set is one shared immutable map plus this client's deviations;
 * `settle` drops the deviations when the client holds all of a newer map.
 */
export class HeldResources {
  #base: ReadonlyMap<string, EncodedResource> = noResources
  /** undefined: the base has it, the client does not. */
  readonly #deviations = new Map<string, HeldResource | undefined>()
  #size = 0

  get size(): number {
    return this.#size
  }

  get(name: string): HeldResource | undefined {
    return this.#deviations.has(name) ? this.#deviations.get(name) : this.#base.get(name)
  }

  has(name: string): boolean {
    return this.get(name) !== undefined
  }

  set(name: string, resource: HeldResource): void {
    if (!this.has(name)) this.#size += 1
    this.#deviations.set(name, resource)
  }

  delete(name: string): void {
    if (!this.has(name)) return
    this.#size -= 1
    if (this.#base.has(name)) this.#deviations.set(name, undefined)
    else this.#deviations.delete(name)
  }

  /** The client holds exactly `map`: the caller has checked it. */
  settle(map: ReadonlyMap<string, EncodedResource>): void {
    this.#base = map
    this.#deviations.clear()
    this.#size = map.size
  }

  *entries(): Generator<readonly [string, HeldResource]> {
    for (const [name, resource] of this.#base) {
      if (!this.#deviations.has(name)) yield [name, resource]
    }
    for (const [name, resource] of this.#deviations) {
      if (resource !== undefined) yield [name, resource]
    }
  }
}
