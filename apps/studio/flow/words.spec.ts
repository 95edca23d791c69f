import { describe, expect, it } from '@jest/globals';
import { sentenceCase } from './words.js';

describe('an id reads as words', () => {
  it.each([
    ['tellSales', 'Tell sales'],
    ['pauseABit', 'Pause a bit'],
    ['findCRMContact', 'Find crm contact'],
    ['order_to_crm', 'Order to crm'],
    ['step2b', 'Step2b'],
  ])('%s: %s', (id, words) => expect(sentenceCase(id)).toBe(words));
});
