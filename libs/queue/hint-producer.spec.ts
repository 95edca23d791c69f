import { jest } from '@jest/globals';
import type { Queue } from 'bullmq';
import type { Hint } from './hint.js';
import { HintProducer } from './hint-producer.js';

afterEach(() => jest.useRealTimers());

/** A queue whose answers the test gives. */
function fakeQueue(): { queue: Queue<Hint>; sent: (readonly string[])[]; answer(error?: Error): Promise<void> } {
  const sent: (readonly string[])[] = [];
  const pending: { resolve(): void; reject(error: Error): void }[] = [];
  const add = (_name: string, { runIds }: Hint): Promise<void> => {
    sent.push(runIds);
    return new Promise((resolve, reject) => pending.push({ resolve, reject }));
  };
  const answer = async (error?: Error): Promise<void> => {
    const next = pending.shift();
    if (error) next?.reject(error);
    else next?.resolve();
    for (let i = 0; i < 10; i += 1) await Promise.resolve();
  };
  return { queue: { add, on: () => undefined } as unknown as Queue<Hint>, sent, answer };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

describe('hints', () => {
  it('that are offered while one is on its way travel together in the next, in order', async () => {
    const { queue, sent, answer } = fakeQueue();
    const hints = new HintProducer(queue);
    const offers = [hints.offer(['a']), hints.offer(['b', 'c']), hints.offer(['d'])];
    expect(sent).toEqual([['a']]);
    await answer();
    await until(() => sent.length === 2);
    expect(sent).toEqual([['a'], ['b', 'c', 'd']]);
    await answer();
    await Promise.all(offers);
  });

  it('about nothing are not sent', async () => {
    const { queue, sent } = fakeQueue();
    await new HintProducer(queue).offer([]);
    expect(sent).toEqual([]);
  });

  it('that the queue refuses are reported to whoever offered, and the next ones are sent', async () => {
    const { queue, sent, answer } = fakeQueue();
    const hints = new HintProducer(queue);
    const offered = expect(hints.offer(['a'])).rejects.toThrow('away');
    await answer(new Error('away'));
    await offered;
    const next = hints.offer(['b']);
    await until(() => sent.length === 2);
    await answer();
    await next;
    expect(sent).toEqual([['a'], ['b']]);
  });

  it('are given up when the queue does not answer, so that nothing waits for ever', async () => {
    jest.useFakeTimers();
    const { queue, sent } = fakeQueue();
    const hints = new HintProducer(queue);
    const offered = expect(hints.offer(['a'])).rejects.toThrow('did not take a hint within 2000 ms');
    await jest.advanceTimersByTimeAsync(2_000);
    await offered;
    jest.useRealTimers();
    void hints.offer(['b']).catch(() => undefined);
    await until(() => sent.length === 2);
    expect(sent).toEqual([['a'], ['b']]);
  });

  it('are not sent any more once the application stops', async () => {
    const { queue, sent } = fakeQueue();
    const hints = new HintProducer(queue);
    hints.beforeApplicationShutdown();
    await hints.offer(['a']);
    expect(sent).toEqual([]);
  });

  it('do not end the process when the connection fails', () => {
    const heard: string[] = [];
    const queue = { on: (event: string) => heard.push(event) } as unknown as Queue<Hint>;
    new HintProducer(queue);
    expect(heard).toContain('error');
  });
});
