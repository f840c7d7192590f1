import type { Clock } from '../../primitives/clock.ts'

/** The time at which a stop under way becomes a kill; it may move closer while somebody waits for it. */
export class StopDeadline {
  readonly #clock: Clock
  #at = Number.POSITIVE_INFINITY
  #moved = new AbortController()
  #isForced = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get isPast(): boolean {
    return this.#clock.now() >= this.#at
  }

  /** Milliseconds since the epoch. */
  set(at: number): void {
    this.#isForced = at <= this.#clock.now()
    this.#move(at)
  }

  /** Leaves at least so many milliseconds from now, unless there was to be no time at all. */
  leaveAtLeast(milliseconds: number): void {
    const at = this.#clock.now() + milliseconds
    if (!this.#isForced && at > this.#at) this.#move(at)
  }

  #move(at: number): void {
    this.#at = at
    this.#moved.abort()
    this.#moved = new AbortController()
  }

  /** Moves it closer, never away. */
  hasten(at: number): void {
    if (at < this.#at) this.set(at)
  }

  /** Resolves at the deadline, wherever it moves, or when `signal` aborts. */
  async wait(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !this.isPast) {
      const moved = AbortSignal.any([this.#moved.signal, signal])
      const pause = Math.min(this.#at - this.#clock.now(), 60_000)
      await this.#clock.sleep(pause, moved).catch(() => undefined)
    }
  }
}
