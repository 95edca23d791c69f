import type { Clock } from './ports.js';

/** Strands that are to stop at their next step, because a sibling's failure decided what they are part of. */
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

interface Parked {
  readonly halt: Halt | undefined;
  leave(goesOn: boolean): void;
}

/**
 * The strands of one slice: branches and items that are worked on side by side. A strand that must wait does so in
 * memory while another one works; when all of them wait, the slice is over and the run gives up its slot.
 */
export class Strands {
  private working = 1;
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
    if (this.working === 0) this.releaseAll();
  }

  /** Waits until `time`. False: everything waits, so the run is to be suspended instead. True also when `halt` was ordered. */
  park(time: number, halt: Halt | undefined): Promise<boolean> {
    this.working -= 1;
    if (this.working > 0) return new Promise((resolve) => this.await(time, halt, resolve));
    this.releaseAll();
    return Promise.resolve(false);
  }

  /** Orders strands to stop and wakes those of them that wait. */
  halt(halt: Halt): void {
    halt.order();
    for (const parked of [...this.parked]) if (parked.halt?.isSet) parked.leave(true);
  }

  private await(time: number, halt: Halt | undefined, resolve: (goesOn: boolean) => void): void {
    const cancel = this.clock.after(Math.max(0, time - this.clock.now()), () => parked.leave(true));
    const parked: Parked = {
      halt,
      leave: (goesOn) => {
        cancel();
        this.parked.delete(parked);
        if (goesOn) this.working += 1;
        resolve(goesOn);
      },
    };
    this.parked.add(parked);
  }

  private releaseAll(): void {
    for (const parked of [...this.parked]) parked.leave(false);
  }
}
