import type { Lane } from '../records.js';

/** What a lane needs to know of a run. */
export interface LaneRun {
  readonly flowId: string;
  status: 'queued' | 'running' | 'waiting' | 'held' | 'behind' | 'paced';
  runner: string | undefined;
  claim: number;
  dueAt: number | undefined;
  startedAt: number | undefined;
}

interface Line<R> {
  limit: number;
  /** Those that have their turn. */
  readonly going: Set<R>;
  /** The others, in the order in which they came. */
  readonly waiting: R[];
}

/** The reference of lanes: runs in line, each let in when there is room and nobody stands before it. */
export class MemoryLanes<R extends LaneRun> {
  private readonly lines = new Map<string, Line<R>>();
  private readonly lineOf = new Map<R, Line<R>>();

  constructor(
    /** Makes a run due, or puts it in line for its rate. */
    private readonly letGo: (run: R) => void,
  ) {}

  /** Gives a new run its place; one that has to wait is nobody's. */
  enter(run: R, { key, limit }: Lane): void {
    const name = `${run.flowId}\n${key}`;
    const line = this.lines.get(name) ?? { limit, going: new Set(), waiting: [] };
    this.lines.set(name, line);
    this.lineOf.set(run, line);
    const isFree = line.waiting.length === 0 && line.going.size < limit && run.status !== 'held';
    line.limit = limit;
    if (isFree) line.going.add(run);
    else line.waiting.push(run);
    if (!isFree && run.status !== 'held')
      Object.assign(run, { status: 'behind', runner: undefined, claim: 0, dueAt: undefined, startedAt: undefined });
  }

  has(run: R): boolean {
    return this.lineOf.has(run);
  }

  /** The run has ended. */
  leave(run: R): void {
    const line = this.lineOf.get(run);
    if (!line) return;
    this.lineOf.delete(run);
    line.going.delete(run);
    if (line.waiting.includes(run)) line.waiting.splice(line.waiting.indexOf(run), 1);
    this.letIn(line);
  }

  /** A run that was held stands in line like the others from now on. */
  release(run: R): void {
    const line = this.lineOf.get(run);
    if (!line) return;
    run.status = 'behind';
    this.letIn(line);
  }

  private letIn({ limit, going, waiting }: Line<R>): void {
    while (going.size < limit && waiting[0]?.status === 'behind') {
      const next = waiting.shift()!;
      going.add(next);
      this.letGo(next);
    }
  }
}
