import type { RunItem } from '../api/wire.js';
import { whole } from '../format/format.js';

type Waits = NonNullable<RunItem['waitsFor']>;

const WORDS: Readonly<Record<Waits['for'], string>> = {
  time: 'waits for a time',
  request: 'waits for a request',
  answer: 'waits for an answer',
  retry: 'waits for its next attempt',
  call: 'waits for the run that it called',
  rate: 'waits for the rate of its credential',
  pause: 'Held: its flow is paused',
  turn: 'Waits for its turn in line',
  pace: 'Waits for the rate of its flow',
};

/** What a run waits for, behind the step that does, or by itself where it has not begun; and how many other steps wait. */
export function waitWords({ for: what, others }: Waits): string {
  return others === 0 ? WORDS[what] : `${WORDS[what]}, and ${whole(others)} more`;
}
