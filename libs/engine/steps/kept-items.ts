import type { Trail } from '../trail.js';

/** Why an item is kept: it is one of the first, something happened in it that its output does not tell, or somebody answered in it. */
type Reason = 'first' | 'eventful' | 'answered';

interface Count {
  readonly items: number;
  /** What was journalled inside them. */
  readonly bytes: number;
}

export type KeptCounts = Readonly<Partial<Record<Reason, Count>>>;

/** Kept rows are read with every claim of the run, so those of one loop take so many bytes at the most. */
const MOST_BYTES: Readonly<Record<Reason, number>> = { first: 128 * 1024, eventful: 512 * 1024, answered: 512 * 1024 };

const NONE: Count = { items: 0, bytes: 0 };

/**
 * Which finished items of a loop keep the rows of their steps, for whoever looks into it: the first ones, as many more of the eventful
 * ones, and those that a request was for, however many. A walk never reads those rows, so that how many there are changes nothing but
 * what can be seen.
 */
export class KeptItems {
  constructor(
    private counts: KeptCounts,
    private readonly most: number,
  ) {}

  get soFar(): KeptCounts {
    return this.counts;
  }

  /** Whether an item keeps its rows; one that does is counted. */
  takes(trail: Trail): boolean {
    const reason = reasonsFor(trail).find((one) => this.hasRoom(one, trail));
    if (reason === undefined) return false;
    const { items, bytes } = this.counts[reason] ?? NONE;
    this.counts = { ...this.counts, [reason]: { items: items + 1, bytes: bytes + trail.bytes } };
    return true;
  }

  /** There is room for the first eventful item whatever it takes: somebody will look for it. */
  private hasRoom(reason: Reason, { bytes: own }: Trail): boolean {
    const { items, bytes } = this.counts[reason] ?? NONE;
    if (this.most === 0 || (reason !== 'answered' && items >= this.most)) return false;
    return bytes + own <= MOST_BYTES[reason] || (reason === 'eventful' && items === 0);
  }
}

function reasonsFor({ isEventful, isAnswered }: Trail): Reason[] {
  return ['first', ...(isEventful ? ['eventful' as const] : []), ...(isAnswered ? ['answered' as const] : [])];
}
