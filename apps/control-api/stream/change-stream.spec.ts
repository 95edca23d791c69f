import { setImmediate as nextRound } from 'node:timers/promises';
import type { ChangeRow } from '@millrace/postgres';
import { ChangeStream } from './change-stream.js';
import { difference } from './differences.js';

const run = (id: string, status: string, state = status): ChangeRow => ({ kind: 'run', id, flowId: 'hello', status, state });
const event = (id: string): ChangeRow => ({ kind: 'event', id, flowId: 'hello', status: '', state: '' });

/** A stream whose looks answer what `rows` holds at that moment. */
class Rig {
  rows: readonly ChangeRow[] = [];
  looks = 0;
  readonly errors: unknown[] = [];
  readonly stream: ChangeStream;

  constructor(linger = 1_000_000) {
    this.stream = new ChangeStream({
      look: () => {
        this.looks += 1;
        return Promise.resolve(this.rows);
      },
      onError: (error) => this.errors.push(error),
      every: 0,
      linger,
    });
  }

  listen(lastId?: string): { texts: string[]; leave: () => void } {
    const texts: string[] = [];
    return { texts, leave: this.stream.listen({ write: (text) => void texts.push(text) }, lastId) };
  }

  /** Until two more looks have been taken. */
  async looked(): Promise<void> {
    const target = this.looks + 2;
    while (this.looks < target) await new Promise((resolve) => setTimeout(resolve, 1));
    await nextRound();
  }
}

const rigs: Rig[] = [];
function rig(linger?: number): Rig {
  const made = new Rig(linger);
  rigs.push(made);
  return made;
}
afterEach(() => rigs.splice(0).forEach(({ stream }) => stream.close()));

function idOf(text: string | undefined): string {
  return /^id: (.*)$/m.exec(text ?? '')?.[1] ?? '';
}
function dataOf(text: string | undefined): unknown {
  return JSON.parse(/^data: (.*)$/m.exec(text ?? '')?.[1] ?? 'null');
}

describe('the difference between two looks', () => {
  const seen = difference(new Map(), [run('a', 'queued'), run('b', 'running', '1/1'), event('e')]).seen;

  it('is nothing when nothing changed', () => {
    expect(difference(seen, [...seen.values()])).toMatchObject({ changes: undefined, vanished: [] });
  });

  it('names a run whose status or journal changed, and what is new', () => {
    const { changes } = difference(seen, [run('a', 'running'), run('b', 'running', '2/1'), event('e'), event('f')]);
    expect(changes).toEqual({
      runs: [
        { id: 'a', flowId: 'hello', status: 'running', progress: false },
        { id: 'b', flowId: 'hello', status: 'running', progress: true },
      ],
      events: [{ id: 'f', flowId: 'hello' }],
      refusals: [],
      flows: false,
    });
  });

  it('asks for the runs that are no longer active, and not for those that had ended', () => {
    const ended = difference(seen, [run('a', 'succeeded', 'ended')]);
    expect(ended.vanished).toEqual(['b']);
    expect(difference(ended.seen, []).vanished).toEqual([]);
  });
});

describe('the stream of changes', () => {
  it('greets once it has looked, and says nothing of what was there before', async () => {
    const subject = rig();
    subject.rows = [run('a', 'queued')];
    const { texts } = subject.listen();
    expect(texts).toEqual([]);
    await subject.looked();
    expect(texts).toHaveLength(1);
    expect(texts[0]).toMatch(/^id: \S+\nevent: hello\n/);
  });

  it('gives every listener every change once', async () => {
    const subject = rig();
    const [first, second] = [subject.listen(), subject.listen()];
    await subject.looked();
    subject.rows = [event('e')];
    await subject.looked();
    await subject.looked();
    for (const { texts } of [first, second])
      expect(texts.slice(1).map(dataOf)).toEqual([expect.objectContaining({ events: [{ id: 'e', flowId: 'hello' }] })]);
  });

  it('goes on after the last id without a gap and without repetition', async () => {
    const subject = rig();
    const first = subject.listen();
    await subject.looked();
    subject.rows = [event('e')];
    await subject.looked();
    first.leave();
    subject.rows = [event('e'), event('f')];
    await subject.looked();
    const again = subject.listen(idOf(first.texts.at(-1)));
    expect(again.texts.map(dataOf)).toEqual([expect.objectContaining({ events: [{ id: 'f', flowId: 'hello' }] })]);
  });

  it.each(['other-17', ''])('tells whoever comes with the unknown id %p to load anew', async (id) => {
    const subject = rig();
    const { texts } = subject.listen(id);
    await subject.looked();
    expect(texts[0]).toMatch(/event: resync\n/);
  });

  it('stops looking when nobody listens, and then knows that it missed something', async () => {
    const subject = rig(0);
    const first = subject.listen();
    await subject.looked();
    const id = idOf(first.texts[0]);
    first.leave();
    let before;
    do {
      before = subject.looks;
      await new Promise((resolve) => setTimeout(resolve, 10));
    } while (subject.looks !== before);
    const again = subject.listen(id);
    await subject.looked();
    expect(again.texts[0]).toMatch(/event: resync\n/);
  });

  it.each(['nobody has listened yet', 'somebody listens'])('has a position after which nothing is missed, where %s', async (when) => {
    const subject = rig();
    subject.rows = [run('a', 'queued')];
    if (when === 'somebody listens') {
      subject.listen();
      await subject.looked();
    }
    const position = await subject.stream.position(1_000_000);
    const at = subject.looks;
    expect(subject.listen(position).texts[0]).toBe(`id: ${position}\nevent: hello\ndata: {}\n\n`);
    subject.rows = [run('a', 'running'), event('e')];
    while (subject.looks < at + 2) await new Promise((resolve) => setTimeout(resolve, 1));
    await nextRound();
    expect(subject.listen(position).texts.map(dataOf)).toEqual([
      expect.objectContaining({ runs: [expect.objectContaining({ id: 'a', status: 'running' })], events: [{ id: 'e', flowId: 'hello' }] }),
    ]);
  });

  it('has no position while it cannot look, and keeps nobody waiting', async () => {
    const subject = rig();
    Object.defineProperty(subject, 'rows', {
      get: () => {
        throw new Error('the database is away');
      },
    });
    expect(await subject.stream.position(5)).toBeUndefined();
  });

  it('outlives a look that fails', async () => {
    const subject = rig();
    const { texts } = subject.listen();
    await subject.looked();
    const rows = [event('e')];
    let failures = 2;
    Object.defineProperty(subject, 'rows', {
      get: () => {
        if (failures-- > 0) throw new Error('the database is away');
        return rows;
      },
    });
    await subject.looked();
    await subject.looked();
    expect(subject.errors).toHaveLength(2);
    expect(texts.slice(1).map(dataOf)).toEqual([expect.objectContaining({ events: [{ id: 'e', flowId: 'hello' }] })]);
  });
});
