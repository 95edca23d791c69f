import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { outdate } from './outdate.js';

/** Asks a server of which each answer is given by hand. */
function asked(client: QueryClient): {
  readonly seen: () => unknown;
  readonly answer: (value: string) => Promise<void>;
  readonly count: () => number;
} {
  const waiting: ((value: string) => void)[] = [];
  let count = 0;
  const observer = new QueryObserver(client, {
    queryKey: ['run', '1'],
    queryFn: () => {
      count += 1;
      return new Promise<string>((resolve) => waiting.push(resolve));
    },
  });
  observer.subscribe(() => undefined);
  const answer = async (value: string): Promise<void> => {
    waiting.shift()!(value);
    await new Promise(setImmediate);
  };
  return { seen: () => observer.getCurrentResult().data, answer, count: () => count };
}

describe('a change', () => {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  afterEach(() => client.clear());

  it('is seen by who asked for the first time just before it', async () => {
    const { seen, answer } = asked(client);
    outdate(client, ['run']);
    await answer('running');
    expect(seen()).toBe('running');
    await answer('succeeded');
    expect(seen()).toBe('succeeded');
  });

  it('of everything counts as well, and many of them before the first answer ask once more', async () => {
    const { answer, count } = asked(client);
    outdate(client);
    outdate(client);
    await answer('running');
    await answer('succeeded');
    expect(count()).toBeLessThanOrEqual(3);
    expect(count()).toBeGreaterThan(1);
  });

  it('has what is shown already loaded anew, once', async () => {
    const { seen, answer, count } = asked(client);
    await answer('running');
    outdate(client, ['run', '1']);
    await answer('succeeded');
    expect([seen(), count()]).toEqual(['succeeded', 2]);
  });

  it('of something else changes nothing', async () => {
    const { answer, count } = asked(client);
    outdate(client, ['run', '2']);
    await answer('running');
    expect(count()).toBe(1);
  });
});
