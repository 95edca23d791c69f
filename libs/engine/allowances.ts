/** How often a credential may be used: at most `limit` times within any `perMs` milliseconds. */
export interface UseRate {
  readonly limit: number;
  readonly perMs: number;
}

/** What is kept of one credential's uses. All times in milliseconds since the epoch. */
export interface RateState {
  /** Time and number of uses that still count, oldest first. */
  readonly uses: readonly (readonly [at: number, count: number])[];
  /** The place in line given last to a newcomer. */
  readonly line: number;
  /** The same for those who came at their time and found no room: they do not queue up behind newcomers again. */
  readonly again: number;
  /** Before this nobody may ask: the other side said so. */
  readonly heldUntil: number;
  /** The latest time that was decided for: clocks of several machines may be a little apart. */
  readonly seen: number;
}

export const UNUSED: RateState = { uses: [], line: 0, again: 0, heldUntil: 0, seen: 0 };

/** A wish for one use. `waited`: it has waited for its time already. */
export interface UseWish {
  readonly waited: boolean;
}

/** 0: the use is counted, go ahead. Otherwise nothing was counted: come back in so many milliseconds. */
export interface Allowance {
  readonly waitMs: number;
}

export interface Allowed {
  readonly state: RateState;
  /** In the order of the wishes. */
  readonly allowances: readonly Allowance[];
}

/**
 * Uses of large limits are counted by slices of the period, so that the state stays small. A slice counts as if all of it
 * were used at its end, which is on the safe side by a 64th of the period.
 */
const SLICES = 64;

/**
 * Decides about wishes that come together. Whoever has waited goes first; newcomers go ahead only while nobody is in line.
 * Who finds no room gets a time of its own, spread as far apart as the rate has it, so that they do not all come back at once.
 * A time is no promise: what counts is whether there is room when the use begins, so that a rate holds however late runs wake.
 */
export function allow(before: RateState, rate: UseRate, wishes: readonly UseWish[], clock: number): Allowed {
  const round = new Round(before, rate, clock);
  const allowances: Allowance[] = [];
  const inTurn = [...wishes.keys()].sort((a, b) => Number(wishes[b]!.waited) - Number(wishes[a]!.waited));
  for (const index of inTurn) allowances[index] = round.decide(wishes[index]!);
  return { state: round.state, allowances };
}

/** Counts uses that could not be asked for before: further requests of one step. They make later ones wait. */
export function charge(before: RateState, rate: UseRate, uses: number, clock: number): RateState {
  const round = new Round(before, rate, clock);
  round.count(uses);
  return round.state;
}

/** How many uses there is room for, and in how many milliseconds there is room for the next one. */
export function roomIn(before: RateState, rate: UseRate, clock: number): { readonly room: number; readonly waitMs: number } {
  return new Round(before, rate, clock).left;
}

/** Nobody may use the credential before `until`; a hold that lasts longer stays. */
export function hold(before: RateState, until: number): RateState {
  return { ...before, heldUntil: Math.max(before.heldUntil, until) };
}

/** What is asked about one credential. */
export type UseRequest =
  | { readonly kind: 'take'; readonly waited: boolean }
  | { readonly kind: 'charge' }
  | { readonly kind: 'hold'; /** Milliseconds from now. */ readonly forMs: number };

/** Decides requests that come together, as one change: holds and charges first. What is not a wish is answered with 0. */
export function decideUses(before: RateState, rate: UseRate, requests: readonly UseRequest[], clock: number): Allowed {
  const holds = requests.map((request) => (request.kind === 'hold' ? clock + request.forMs : 0));
  const charges = requests.filter(({ kind }) => kind === 'charge').length;
  const held = hold(before, Math.max(0, ...holds));
  const charged = charges > 0 ? charge(held, rate, charges, clock) : held;
  const wishes = requests.filter((request) => request.kind === 'take');
  const { state, allowances } = allow(charged, rate, wishes, clock);
  const answers = allowances.values();
  return { state, allowances: requests.map(({ kind }) => (kind === 'take' ? answers.next().value! : { waitMs: 0 })) };
}

class Round {
  private readonly now: number;
  private readonly uses: (readonly [number, number])[];
  private readonly heldUntil: number;
  private line: number;
  private again: number;
  private room: number;

  constructor(
    { uses, line, again, heldUntil, seen }: RateState,
    private readonly rate: UseRate,
    clock: number,
  ) {
    this.now = Math.max(clock, seen);
    this.uses = uses.filter(([at]) => at > this.now - rate.perMs);
    this.room = rate.limit - this.uses.reduce((sum, [, count]) => sum + count, 0);
    this.line = line;
    this.again = again;
    this.heldUntil = heldUntil;
  }

  get state(): RateState {
    return { uses: this.uses, line: this.line, again: this.again, heldUntil: this.heldUntil, seen: this.now };
  }

  get left(): { room: number; waitMs: number } {
    return { room: Math.max(0, this.room), waitMs: this.room > 0 ? 0 : Math.max(1, Math.ceil(this.opensAt - this.now)) };
  }

  decide({ waited }: UseWish): Allowance {
    const { now } = this;
    const isOpen = now >= this.heldUntil && this.room > 0;
    if (isOpen && (waited || Math.max(this.line, this.again) <= now)) {
      this.count(1);
      return { waitMs: 0 };
    }
    return { waitMs: Math.max(1, Math.ceil((waited ? this.queueAgain() : this.queue()) - now)) };
  }

  count(uses: number): void {
    const { limit, perMs } = this.rate;
    const slice = perMs / SLICES;
    const at = limit > SLICES ? Math.ceil(this.now / slice) * slice : this.now;
    const last = this.uses.at(-1);
    if (last?.[0] === at) this.uses[this.uses.length - 1] = [at, last[1] + uses];
    else this.uses.push([at, uses]);
    this.room -= uses;
  }

  private queue(): number {
    this.line = Math.max(this.opensAt, this.line + this.apart, this.again + this.apart);
    return this.line;
  }

  private queueAgain(): number {
    this.again = Math.max(this.opensAt, this.again + this.apart);
    return this.again;
  }

  private get apart(): number {
    return this.rate.perMs / this.rate.limit;
  }

  /** When there is room again, at the earliest. */
  private get opensAt(): number {
    let missing = 1 - this.room;
    const frees = this.uses.find(([, count]) => (missing -= count) <= 0);
    return Math.max(this.now, this.heldUntil, this.room > 0 || !frees ? this.now : frees[0] + this.rate.perMs);
  }
}
