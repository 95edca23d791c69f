import { followChanges, type LiveMessage, type Surroundings } from './follow.js';
import { affectedBy } from './affected.js';

const NONE = { runs: [], events: [], refusals: [], flows: false };

/** A browser with pages, a server with streams. */
class World {
  readonly sources: FakeSource[] = [];
  private readonly channels: FakeChannel[] = [];
  private readonly queue: (() => Promise<void>)[] = [];
  private held = false;

  page({ withLocks = true, position }: { withLocks?: boolean; position?: string } = {}): { heard: LiveMessage[]; close: () => void } {
    const heard: LiveMessage[] = [];
    const channel = new FakeChannel(this.channels);
    const around = {
      lock: withLocks ? (work: () => Promise<void>) => this.lock(work) : undefined,
      channel: withLocks ? channel : undefined,
      position,
      open: (url: string) => {
        const source = new FakeSource(url);
        this.sources.push(source);
        return source;
      },
    } as unknown as Surroundings;
    return { heard, close: followChanges((message) => heard.push(message), around) };
  }

  get open(): FakeSource[] {
    return this.sources.filter(({ readyState }) => readyState !== 2);
  }

  private lock(work: () => Promise<void>): void {
    this.queue.push(work);
    void this.next();
  }

  private async next(): Promise<void> {
    if (this.held) return;
    const work = this.queue.shift();
    if (!work) return;
    this.held = true;
    await work();
    this.held = false;
    await this.next();
  }
}

class FakeChannel {
  onmessage: ((event: { data: unknown }) => void) | undefined;
  constructor(private readonly all: FakeChannel[]) {
    all.push(this);
  }
  postMessage(data: unknown): void {
    for (const other of this.all) if (other !== this) other.onmessage?.({ data });
  }
  close(): void {
    this.all.splice(this.all.indexOf(this), 1);
  }
}

class FakeSource extends EventTarget {
  readyState = 1;
  constructor(readonly url: string) {
    super();
  }
  say(type: string, id: string, data: unknown = {}): void {
    this.dispatchEvent(Object.assign(new Event(type), { lastEventId: id, data: JSON.stringify(data) }));
  }
  close(): void {
    this.readyState = 2;
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe('following the changes', () => {
  it('takes one connection for eight pages, and every page hears every change once', () => {
    const world = new World();
    const pages = Array.from({ length: 8 }, () => world.page());
    expect(world.open).toHaveLength(1);
    world.open[0]?.say('hello', 's-1');
    world.open[0]?.say('changes', 's-2', { ...NONE, flows: true });
    for (const { heard } of pages)
      expect(heard.filter(({ kind }) => kind === 'changes')).toEqual([{ kind: 'changes', id: 's-2', changes: { ...NONE, flows: true } }]);
  });

  it('goes on after the last message when the page that led is closed', async () => {
    const world = new World();
    const [first, second] = [world.page(), world.page()];
    world.open[0]?.say('hello', 's-1');
    world.open[0]?.say('changes', 's-2', NONE);
    first.close();
    await settled();
    expect(world.open.map(({ url }) => url)).toEqual(['/api/v1/stream?after=s-2']);
    const before = second.heard.length;
    world.open[0]?.say('hello', 's-2');
    expect(second.heard.slice(before)).toEqual([]);
  });

  it('loads anew what was loaded before the stream began', () => {
    const world = new World();
    const page = world.page();
    world.open[0]?.say('hello', 's-7');
    expect(page.heard).toEqual([{ kind: 'resync', id: 's-7' }]);
  });

  it('loads nothing anew that was loaded after the page was sent, but what changed since then', () => {
    const world = new World();
    const { heard } = world.page({ position: 's-7' });
    expect(world.open.map(({ url }) => url)).toEqual(['/api/v1/stream?after=s-7']);
    world.open[0]?.say('hello', 's-7');
    expect(heard).toEqual([]);
    world.open[0]?.say('changes', 's-8', NONE);
    expect(heard).toEqual([{ kind: 'changes', id: 's-8', changes: NONE }]);
  });

  it('loads anew where the stream does not know any more when the page was sent', () => {
    const world = new World();
    const { heard } = world.page({ position: 'other-7' });
    world.open[0]?.say('resync', 's-1');
    expect(heard).toEqual([{ kind: 'resync', id: 's-1' }]);
  });

  it('goes on after its own page when it leads and has heard nothing yet', async () => {
    const world = new World();
    const first = world.page({ position: 's-1' });
    world.page({ position: 's-4' });
    first.close();
    await settled();
    expect(world.open.map(({ url }) => url)).toEqual(['/api/v1/stream?after=s-4']);
  });

  it('tells a page that comes later whether there is a connection', () => {
    const world = new World();
    world.page();
    expect(world.page().heard).toEqual([{ kind: 'link', connected: true }]);
  });

  it('works in a browser that has no locks, with a connection for each page', () => {
    const world = new World();
    world.page({ withLocks: false });
    world.page({ withLocks: false });
    expect(world.open).toHaveLength(2);
  });
});

describe('a change', () => {
  it('makes old what shows it, and nothing else', () => {
    expect(affectedBy(NONE)).toEqual([]);
    expect(affectedBy({ ...NONE, refusals: [{ id: 'a', flowId: 'f' }] })).toEqual([['refusals'], ['activity']]);
    const run = { id: 'a', flowId: 'f', status: 'failed', progress: false };
    expect(affectedBy({ ...NONE, runs: [run] })).toEqual(expect.arrayContaining([['run', 'a'], ['runs'], ['events'], ['status']]));
  });

  it('of nothing but the steps of a run leaves lists as they are', () => {
    const run = { id: 'a', flowId: 'f', status: 'running', progress: true };
    expect(affectedBy({ ...NONE, runs: [run] })).toEqual([['outputs'], ['run', 'a']]);
    expect(affectedBy({ ...NONE, runs: [run, { ...run, id: 'b', progress: false }] })).toContainEqual(['runs']);
  });
});
