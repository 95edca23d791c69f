import { describe, expect, it } from '@jest/globals';
import { errorTitle } from './error-words.js';

describe('an error is titled', () => {
  it.each([
    ['http.409', 'Answered 409'],
    ['wait.timeout', 'Nobody answered in time'],
    ['slack.channel-not-found', 'Slack: channel not found'],
    ['price.too.deep', 'price.too.deep'],
    ['Odd Code', 'Odd Code'],
  ])('%s: %s', (code, title) => expect(errorTitle({ code })).toBe(title));
});
