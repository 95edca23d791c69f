import type { RunItem } from '../../control-api/index.js';
import { printable, shorten } from './text.js';
import { localTime } from './time.js';

type Waits = NonNullable<RunItem['waitsFor']>;

/** In characters. */
const STEP_WIDTH = 50;

/** What is waited for, with the time in question where there is one. */
const WORDS: Readonly<Record<Waits['for'], (until: string | undefined) => string>> = {
  time: (until) => `waits${until === undefined ? '' : ` until ${until}`}`,
  request: (until) => `waits for a request${atMost(until)}`,
  answer: (until) => `waits for an answer${atMost(until)}`,
  retry: (until) => `is tried again${until === undefined ? '' : ` at ${until}`}`,
  call: (until) => `waits for the run that it called${atMost(until)}`,
  rate: (until) => `waits for the rate of its credential${atMost(until)}`,
  pause: () => 'held, because its flow is paused',
  turn: () => 'waits for its turn in line',
  pace: () => 'waits for the rate of its flow',
};

/** `approval: waits for a request, until 3 Jan 10:00 at the latest`; with `and 2 more` where other steps wait as well. */
export function waitText({ for: what, step, until, others }: Waits): string {
  const words = `${WORDS[what](until === null ? undefined : localTime(until))}${others === 0 ? '' : `, and ${others} more`}`;
  return step === null ? words : `${shorten(printable(step), STEP_WIDTH)}: ${words}`;
}

function atMost(until: string | undefined): string {
  return until === undefined ? '' : `, until ${until} at the latest`;
}
