import type { NewRun } from '../accept.js';
import type { CollectedEvents, CollectedRun, Collecting, Collections, DueCollection } from '../collections.js';
import type { EventRecord } from '../records.js';
import { MOST_BATCH_BYTES } from '../triggers/collect.js';

interface Member {
  readonly eventId: string;
  readonly at: number;
  readonly bytes: number;
  readonly place: number;
}

interface Collection extends DueCollection {
  turn: string;
  depth: number;
  members: Member[];
  /** A burst is as old as its first event; what stays of a closed one begins anew. */
  firstAt: number;
}

type Bear = (event: EventRecord, flowId: string, run: NewRun, depth: number) => void;

/** The reference of Collections: what it does is what the SQL of a real store has to do. */
export class MemoryCollections implements Collections {
  /** The run that took an event for a flow, by `event/flow`; null while it is collected. */
  readonly taken = new Map<string, string | null>();
  private readonly open = new Map<string, Collection>();
  private places = 0;
  private turns = 0;

  constructor(
    private readonly kept: ReadonlyMap<string, EventRecord>,
    private readonly bear: Bear,
  ) {}

  gather(event: EventRecord, { key, depth = 0, ...collecting }: Collecting): void {
    const name = `${collecting.flowId}@${collecting.version} ${key}`;
    const collection = this.open.get(name) ?? {
      ...collecting,
      key: name,
      depth,
      turn: this.nextTurn(),
      members: [],
      firstAt: event.receivedAt,
    };
    this.open.set(name, collection);
    collection.depth = Math.max(collection.depth, depth);
    collection.members.push({ eventId: event.id, at: event.receivedAt, bytes: event.body.length, place: (this.places += 1) });
    this.taken.set(`${event.id}/${collecting.flowId}`, null);
  }

  due(limit: number, now = Date.now()): Promise<DueCollection[]> {
    const due = [...this.open.values()].filter((collection) => dueAt(collection) <= now);
    return Promise.resolve(
      due
        .sort((a, b) => dueAt(a) - dueAt(b))
        .slice(0, limit)
        .map((collection) => ({ ...collection })),
    );
  }

  untilNext(now = Date.now()): Promise<number | undefined> {
    const times = [...this.open.values()].map(dueAt);
    return Promise.resolve(times.length === 0 ? undefined : Math.max(0, Math.min(...times) - now));
  }

  first({ key, kind, size = Infinity }: DueCollection): Promise<CollectedEvents> {
    const members = this.open.get(key)?.members ?? [];
    const count = kind === 'debounce' ? members.length : full(members, size);
    const some = members.slice(0, count);
    return Promise.resolve({
      ids: (kind === 'debounce' ? some.slice(-1) : some).map(({ eventId }) => eventId),
      count,
      bytes: some.reduce((sum, { bytes }) => sum + bytes, 0),
      upTo: some.at(-1)?.place ?? 0,
      nextAt: members[count]?.at,
    });
  }

  events(ids: readonly string[]): Promise<EventRecord[]> {
    return Promise.resolve(ids.flatMap((id) => this.kept.get(id) ?? []));
  }

  close(
    { key, turn, flowId, version, depth }: DueCollection,
    { count, upTo, nextAt }: CollectedEvents,
    run: CollectedRun,
  ): Promise<boolean> {
    const collection = this.open.get(key);
    if (!collection || collection.turn !== turn) return Promise.resolve(false);
    const gone = collection.members.splice(0, count);
    if (gone.at(-1)?.place !== upTo) throw new Error('the order of a collection changed');
    for (const { eventId } of gone) this.taken.set(`${eventId}/${flowId}`, run.id);
    collection.turn = this.nextTurn();
    collection.firstAt = nextAt ?? collection.members.at(-1)?.at ?? 0;
    if (collection.members.length === 0) this.open.delete(key);
    const event = typeof run.event === 'string' ? this.kept.get(run.event)! : run.event;
    if (typeof run.event !== 'string') (this.kept as Map<string, EventRecord>).set(event.id, event);
    this.bear(event, flowId, { id: run.id, version, status: run.status, ...(run.lane && { lane: run.lane }) }, depth);
    return Promise.resolve(true);
  }

  private nextTurn(): string {
    return String((this.turns += 1));
  }
}

/** How many of the first ones make a full batch. */
function full(members: readonly Member[], size: number): number {
  let bytes = 0;
  const over = members.findIndex((member, index) => index >= size || ((bytes += member.bytes) > MOST_BATCH_BYTES && index > 0));
  return over < 0 ? members.length : over;
}

function dueAt({ kind, windowMs, maxWaitMs = Infinity, size = Infinity, members, firstAt }: Collection): number {
  const last = Math.max(...members.map(({ at }) => at));
  if (kind === 'debounce') return Math.min(last + windowMs, firstAt + maxWaitMs);
  const bytes = members.reduce((sum, member) => sum + member.bytes, 0);
  return members.length >= size || bytes >= MOST_BATCH_BYTES ? Math.min(last, firstAt + windowMs) : firstAt + windowMs;
}
