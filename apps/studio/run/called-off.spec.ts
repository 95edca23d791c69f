import { describe, expect, it } from '@jest/globals';
import { calledOffWords, isCalledOff } from './called-off.js';

const END = '2026-01-02T03:04:05.000Z';
const EARLIER = '2026-01-02T03:00:00.000Z';
const question = { title: 'Well?', text: null };

describe('a wait that came to nothing', () => {
  it.each([
    ['cancelled', END, question, 'The run was cancelled before anybody had answered.'],
    ['failed', END, null, 'The run ended while it waited.'],
    ['succeeded', EARLIER, question, 'What it stands in was over before anybody had answered.'],
    ['cancelled', EARLIER, null, 'What it stands in was over while it waited.'],
  ] as const)('of a run that %s, over at %s', (status, finishedAt, asked, words) => {
    expect(calledOffWords({ status, finishedAt: END }, { question: asked, finishedAt })).toBe(words);
  });

  it('is told by its end from what was under way', () => {
    expect(isCalledOff({ status: 'interrupted', finishedAt: END })).toBe(true);
    expect(isCalledOff({ status: 'interrupted', finishedAt: null })).toBe(false);
    expect(isCalledOff({ status: 'skipped', finishedAt: END })).toBe(false);
  });
});
