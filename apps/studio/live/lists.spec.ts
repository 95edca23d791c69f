import { jest } from '@jest/globals';
import { withNewest } from './lists.js';
import { Seldom } from './seldom.js';

const page = (ids: string, next: string | null): { items: { id: string }[]; next: string | null } => ({
  items: [...ids].map((id) => ({ id })),
  next,
});
const list = (...pages: ReturnType<typeof page>[]): Parameters<typeof withNewest>[0] => ({
  pages,
  pageParams: pages.map((_, index) => (index === 0 ? undefined : pages[index - 1]!.next!)),
});
const ids = ({ pages }: ReturnType<typeof withNewest>): string[] => pages.map(({ items }) => items.map(({ id }) => id).join(''));

describe('the newest part of a list', () => {
  it('comes on top, and what was loaded below stays, without gap or repetition', () => {
    const before = list(page('zyx', 'x'), page('wv', 'v'));
    // Z sorts before z: pages hold ids in descending order of time.
    expect(ids(withNewest(before, page('~}z', 'z')))).toEqual(['~}zyx', 'wv']);
    expect(ids(withNewest(before, page('~zyx', 'x')))).toEqual(['~zyx', 'wv']);
  });

  it('leaves out what went away, and does not repeat what is on the next page', () => {
    const before = list(page('zyx', 'x'), page('wv', 'v'));
    expect(ids(withNewest(before, page('zxw', 'w')))).toEqual(['zx', 'wv']);
  });

  it('is all there is when there is no next page', () => {
    expect(ids(withNewest(list(page('zyx', 'x'), page('wv', null)), page('zw', null)))).toEqual(['zw']);
    expect(ids(withNewest(list(page('yx', null)), page('zy', 'y')))).toEqual(['zyx']);
  });
});

it('what is asked for often is done at once and then seldom, the last time included', () => {
  jest.useFakeTimers();
  const done: string[] = [];
  const seldom = new Seldom(1_000, (key) => done.push(key));
  for (const key of ['a', 'a', 'b', 'a']) seldom.ask(key);
  expect(done).toEqual(['a', 'b']);
  jest.advanceTimersByTime(1_000);
  expect(done).toEqual(['a', 'b', 'a']);
  jest.advanceTimersByTime(5_000);
  seldom.ask('b');
  expect(done).toEqual(['a', 'b', 'a', 'b']);
  seldom.stop();
  jest.useRealTimers();
});
