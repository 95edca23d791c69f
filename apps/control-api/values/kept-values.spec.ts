import { JsonText } from './json-text.js';
import { KeptValues } from './kept-values.js';

/** How much is kept here, in bytes. */
const MOST = 48;

/** Counts how often each value is fetched. */
function counted() {
  const fetched: string[] = [];
  const load = (key: string, bytes: number) => async (): Promise<JsonText> => {
    fetched.push(key);
    return (await JsonText.of(Buffer.from(JSON.stringify('x'.repeat(bytes)))))!;
  };
  return { fetched, load };
}

describe('kept values', () => {
  it('are fetched once for all their pieces', async () => {
    const { fetched, load } = counted();
    const kept = new KeptValues(MOST);
    await Promise.all([kept.get('a', load('a', 1)), kept.get('a', load('a', 1))]);
    await kept.get('a', load('a', 1));
    expect(fetched).toEqual(['a']);
  });

  it('make room for each other, what was looked at longest ago first', async () => {
    const { fetched, load } = counted();
    const kept = new KeptValues(MOST);
    for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) await kept.get(key, load(key, 20));
    expect(fetched).toEqual(['a', 'b', 'c', 'b']);
  });

  it('are kept one at a time however large', async () => {
    const { fetched, load } = counted();
    const kept = new KeptValues(MOST);
    for (const key of ['a', 'a', 'b', 'a']) await kept.get(key, load(key, 60));
    expect(fetched).toEqual(['a', 'b', 'a']);
  });

  it('are not what could not be fetched', async () => {
    const { fetched, load } = counted();
    const kept = new KeptValues(MOST);
    await expect(kept.get('a', () => Promise.reject(new Error('gone')))).rejects.toThrow('gone');
    await kept.get('a', load('a', 1));
    expect(fetched).toEqual(['a']);
  });
});
