import type { Trail } from '../trail.js';

/** Of an eventful item its output does not tell what happened: something failed in it, was tried again, or a request came. */
type Kind = 'plain' | 'eventful';

interface Count {
  readonly items: number;
  /** What was journalled inside them. */
  readonly bytes: number;
}

export type KeptCounts = Readonly<Partial<Record<Kind, Count>>>;

/**
 * Kept rows are read with every claim of the run, so those of one loop take so many bytes at the most. The first eventful item is kept
 * whatever it takes: somebody will look for it.
 */
const MOST_BYTES: Readonly<Record<Kind, number>> = { plain: 128 * 1024, eventful: 512 * 1024 };

const NONE: Count = { items: 0, bytes: 0 };

/**
 * Which finished items of a loop keep the rows of their steps, for whoever looks into it: the first ones of each kind. A walk never
 * reads those rows, so that how many there are changes nothing but what can be seen.
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
  takes({ isEventful, bytes: own }: Trail): boolean {
    const kind = isEventful ? 'eventful' : 'plain';
    const { items, bytes } = this.counts[kind] ?? NONE;
    const fits = bytes + own <= MOST_BYTES[kind] || (isEventful && items === 0);
    if (items >= this.most || !fits) return false;
    this.counts = { ...this.counts, [kind]: { items: items + 1, bytes: bytes + own } };
    return true;
  }
}
