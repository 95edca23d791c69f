import { ago, count, duration, moment, size, whole } from './format.js';

describe('durations', () => {
  it.each([
    [0.4, '0 ms'],
    [312, '312 ms'],
    [1_240, '1.2 s'],
    [9_960, '10 s'],
    [59_990, '59 s'],
    [605_000, '10 m 05 s'],
    [3_599_900, '1 h 00 m'],
    [12_000_000, '3 h 20 m'],
    [93_600_000, '1 d 02 h'],
  ])('%i is %s', (ms, text) => expect(duration(ms)).toBe(text));
});

describe('sizes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [3_140, '3.1 kB'],
    [64_000, '64 kB'],
    [20_000_000, '20 MB'],
    [5_000_000_000_000, '5000 GB'],
  ])('%i is %s', (bytes, text) => expect(size(bytes)).toBe(text));
});

describe('times', () => {
  const now = new Date(2026, 0, 31, 14, 2, 5).getTime();
  const iso = (...parts: [number, number, number, number, number, number]): string => new Date(...parts).toISOString();

  it('leave out today and this year', () => {
    expect(moment(iso(2026, 0, 31, 9, 0, 7), now)).toBe('09:00:07');
    expect(moment(iso(2026, 0, 3, 9, 0, 7), now)).toBe('3 Jan 09:00:07');
    expect(moment(iso(2025, 10, 3, 9, 0, 7), now)).toBe('3 Nov 2025 09:00:07');
  });

  it('are said in one unit', () => {
    expect([3, 40, 300, 7_200, 172_800].map((s) => ago(new Date(now - s * 1_000).toISOString(), now))).toEqual([
      'now',
      '40 s ago',
      '5 m ago',
      '2 h ago',
      '2 d ago',
    ]);
  });
});

it('thousands stand apart', () => {
  expect([0, 999, 1_000, 12_345, 1_234_567].map(whole)).toEqual(['0', '999', '1,000', '12,345', '1,234,567']);
});

it('a count agrees with its noun', () => {
  expect([count(1, 'run'), count(1_200, 'run'), count(2, 'reply', 'replies')]).toEqual(['1 run', '1,200 runs', '2 replies']);
});
