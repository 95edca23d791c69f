import type { Clock } from './ports.js';

/** Strands that are to stop at their next step, because one of them decided what they are part of. */
export class Halt {
  private set = false;

  constructor(private readonly around?: Halt) {}

  get isSet(): boolean {
    return this.set || (this.around?.isSet ?? false);
  }

  order(): void {
    this.set = true;
  }
}

/** Why a strand waits no longer. `due`: its time may have come. `over`: every strand waits, so the run is to be suspended. */
export type Woken = 'due' | 'halted' | 'over';

interface Parked {
  readonly halt: Halt | undefined;
  wake(why: Woken): void;
}

/** Timers of most clocks are wrong beyond 24 days (setTimeout, 32 bits); who waits longer looks again. */
const LONGEST_TIMER_MS = 3_600_000;

/**
 * The strands of one slice: branches and items that are worked on side by side. A strand that must wait does so in
 * memory while another one works; when all of them wait, the slice is over and the run gives up its slot.
 */
export class Strands {
  private working = 1;
  private over = false;
  private readonly parked = new Set<Parked>();

  constructor(private readonly clock: Clock) {}

  /** No other strand works or waits. */
  get isAlone(): boolean {
    return this.working === 1 && this.parked.size === 0;
  }

  /** The strand becomes `count` of them. All but the last to end must `leave`; the last one carries on as the strand it was. */
  fork(count: number): void {
    this.working += count - 1;
  }

  leave(): void {
    this.working -= 1;
    if (this.working === 0) this.end();
  }

  /** Waits until `time`, at most; the caller looks at the clock again. */
  park(time: number, halt: Halt | undefined): Promise<Woken> {
    if (halt?.isSet) return Promise.resolve('halted');
    if (!this.over && this.working > 1) return new Promise((resolve) => this.await(time, halt, resolve));
    this.end();
    return Promise.resolve('over');
  }

  /** Orders strands to stop and wakes those of them that wait. */
  halt(halt: Halt): void {
    halt.order();
    for (const parked of [...this.parked]) if (parked.halt?.isSet) parked.wake('halted');
  }

  /** Nobody waits any more in this slice. */
  end(): void {
    this.over = true;
    for (const parked of [...this.parked]) parked.wake('over');
  }

  private await(time: number, halt: Halt | undefined, resolve: (why: Woken) => void): void {
    this.working -= 1;
    const ms = Math.min(Math.max(0, time - this.clock.now()), LONGEST_TIMER_MS);
    const cancel = this.clock.after(ms, () => parked.wake('due'));
    const parked: Parked = {
      halt,
      wake: (why) => {
        cancel();
        this.parked.delete(parked);
        this.working += 1;
        resolve(why);
      },
    };
    this.parked.add(parked);
  }
}
