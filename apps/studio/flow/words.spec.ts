import { describe, expect, it } from '@jest/globals';
import { readFlow } from './structure.js';
import { laneWords, sentenceCase, stepSummary } from './words.js';

describe('an id reads as words', () => {
  it.each([
    ['tellSales', 'Tell sales'],
    ['pauseABit', 'Pause a bit'],
    ['findCRMContact', 'Find crm contact'],
    ['order_to_crm', 'Order to crm'],
    ['step2b', 'Step2b'],
  ])('%s: %s', (id, words) => expect(sentenceCase(id)).toBe(words));
});

describe('a branch says under which condition it is taken', () => {
  it.each([
    ['{{ trigger.body.amount > 500 }}', 'amount > 500', 'amount > 500'],
    ['{{ a.x = "}}" }}', 'x = "}}"', 'a.x = "}}"'],
    ['{{ trigger.body.amount }} > 500', 'yes', 'Not a condition yet'],
    ['{{ a.x }} > {{ a.y }}', 'yes', 'Not a condition yet'],
    ['amount > 500', 'yes', 'Not a condition yet'],
    ['', '', 'Branch'],
  ])('%j on its way: %s; in the step: %s', (condition, way, summary) => {
    const [step] = readFlow(JSON.stringify({ steps: [{ id: 'big', if: condition, then: [], else: [] }] })).steps;
    expect([laneWords(step!, step!.lanes[0]!), stepSummary(step!)]).toEqual([way, summary]);
  });
});
