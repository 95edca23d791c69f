import type { OperationItemView } from '../api/wire.js';
import { count, duration } from '../format/format.js';

export type Kind = OperationItemView['kind'];

interface Deed {
  /** On buttons and titles. */
  readonly verb: string;
  readonly thing: string;
  /** What it does, in one sentence. */
  readonly about: string;
  /** Of a progress: `12 of 40 replayed`. */
  readonly done: string;
}

export const DEEDS: Readonly<Record<Kind, Deed>> = {
  replay: {
    verb: 'Replay',
    thing: 'event',
    done: 'replayed',
    about: 'Each starts the flow that is live now, as if it came again. What earlier runs did is not undone.',
  },
  rerun: {
    verb: 'Run again',
    thing: 'run',
    done: 'started again',
    about: 'Failed runs begin where they failed and repeat nothing before it; others begin at their start.',
  },
  retry: {
    verb: 'Retry',
    thing: 'failed run',
    done: 'retried',
    about:
      'Each begins where it failed. Steps before that are not run again: what they gave is taken over. Runs that were re-run or discarded already are left out.',
  },
  discard: { verb: 'Discard', thing: 'failed run', done: 'discarded', about: 'They are set aside for good, with your reason beside them.' },
  cancel: { verb: 'Cancel', thing: 'run', done: 'cancelled', about: 'What a run does at that moment may still reach the other side.' },
};

/** What a retry of one run does. */
export const RETRY_ABOUT = 'It begins where it failed. Steps before that are not run again: what they gave is taken over.';

/** What an order is about: ids, or filters as the API has them. */
export type Chosen = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What is done to dead letters only: they are gone once they were seen to. */
export function isForLetters(kind: Kind): boolean {
  return kind === 'retry' || kind === 'discard';
}

/** An order about what was chosen. All dead letters have failed, so that one about them asks for no state. */
export function orderOf(kind: Kind, chosen: Chosen): object {
  const { status: _, ...rest } = chosen;
  return { kind, ...(isForLetters(kind) ? rest : chosen) };
}

/** `Replay 1,204 events`. */
export function deedWords(kind: Kind, amount: number): string {
  const { verb, thing } = DEEDS[kind];
  return `${verb} ${count(amount, thing)}`;
}

/** How long it takes at a rate, in words. */
export function lasts(amount: number, perSecond: number): string {
  const seconds = Math.max(1, Math.round(amount / perSecond));
  return `about ${duration(seconds * 1_000).replace(/\.0 s$/, ' s')}`;
}
