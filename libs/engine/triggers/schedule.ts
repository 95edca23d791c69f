import { nextTime, scheduleDefaults, type ScheduleTrigger } from '@millrace/flow';

/** Why a time of a schedule has no run. `missed`: nothing ran then, and the catch-up policy leaves it out. */
export interface LeftOut {
  /** Milliseconds since the epoch, as all times here. */
  readonly at: number;
  readonly because: 'missed' | 'overlap' | 'paused' | 'queue-full';
}

export interface ScheduleState {
  /** The first time that is not decided upon; undefined when there is none. */
  readonly next: number | undefined;
  /** Times that start when the run before has ended, in order. */
  readonly waiting: readonly number[];
}

export interface ScheduleMoment {
  readonly now: number;
  readonly paused: boolean;
  /** The run before has not ended. */
  readonly busy: boolean;
}

/** What a schedule does now. Every time between the old `next` and the new one is in exactly one of the lists. */
export interface ScheduleTurn extends ScheduleState {
  /** A run each. */
  readonly start: readonly number[];
  readonly leftOut: readonly LeftOut[];
}

/** How many times may wait, and how many are caught up at the most. */
export const LONGEST_LINE = 100;
/** A time that nobody looked at this long was missed; one that later times have overtaken already, sooner. */
const MISSED_AFTER_MS = 60_000;
const OVERTAKEN_AFTER_MS = 5_000;

/**
 * Decides about all times that have come: which start a run, which wait, which are left out. Pure. Of a downtime with more
 * times than can be caught up only the newest are looked at; those before them are in no list.
 */
export function scheduleTurn(trigger: ScheduleTrigger, state: ScheduleState, { now, paused, busy }: ScheduleMoment): ScheduleTurn {
  const due = dueTimes(trigger, state.next, now);
  const latest = due.at(-1);
  const next = latest === undefined ? state.next : nextTime(trigger, latest);
  if (paused) return { next, start: [], waiting: [], leftOut: leftOut([...state.waiting, ...due], 'paused') };
  const late = split(due, (time) => now - time > (time === latest ? MISSED_AFTER_MS : OVERTAKEN_AFTER_MS));
  const caught = caughtUp(trigger.catchUp ?? scheduleDefaults.catchUp, late.yes, late.no.length > 0);
  const missed = leftOut(
    late.yes.filter((time) => !caught.includes(time)),
    'missed',
  );
  const placed = place(trigger, { line: state.waiting, caught, onTime: late.no }, busy);
  return { next, ...placed, leftOut: [...missed, ...placed.leftOut].sort((a, b) => a.at - b.at) };
}

/** The times from `next` to `now`, in order: all of them, or at least the newest `LONGEST_LINE`. */
function dueTimes(trigger: ScheduleTrigger, next: number | undefined, now: number): number[] {
  if (next === undefined || next > now) return [];
  for (let span = MISSED_AFTER_MS; ; span *= 2) {
    const from = Math.max(next, now - span);
    const times = timesBetween(trigger, from, now);
    if (from === next || times.length > LONGEST_LINE) return times;
  }
}

function timesBetween(trigger: ScheduleTrigger, from: number, to: number): number[] {
  const times: number[] = [];
  for (let time = nextTime(trigger, from - 1); time !== undefined && time <= to; time = nextTime(trigger, time)) times.push(time);
  return times;
}

/** A run that is on time stands for the latest one that was missed. */
function caughtUp(policy: NonNullable<ScheduleTrigger['catchUp']>, missed: readonly number[], goesOn: boolean): readonly number[] {
  if (policy === 'all') return missed.slice(-LONGEST_LINE);
  return policy === 'latest' && !goesOn ? missed.slice(-1) : [];
}

interface Times {
  readonly line: readonly number[];
  readonly caught: readonly number[];
  readonly onTime: readonly number[];
}

type Placed = Pick<ScheduleTurn, 'start' | 'waiting' | 'leftOut'>;

/** Puts times in line by the overlap policy. Who asks for all missed times gets them one after the other, also under `skip`. */
function place({ overlap = scheduleDefaults.overlap, catchUp }: ScheduleTrigger, { line, caught, onTime }: Times, busy: boolean): Placed {
  if (overlap === 'allow') return { start: [...line, ...caught, ...onTime], waiting: [], leftOut: [] };
  if (overlap === 'queue') return oneByOne([...line, ...caught, ...onTime], busy);
  const [inLine, rest] = catchUp === 'all' ? [[...line, ...caught], onTime] : [line, [...caught, ...onTime]];
  const free = !busy && inLine.length === 0;
  const placed = oneByOne(free ? rest.slice(0, 1) : inLine, busy);
  return { ...placed, leftOut: [...placed.leftOut, ...leftOut(free ? rest.slice(1) : rest, 'overlap')] };
}

function oneByOne(times: readonly number[], busy: boolean): Placed {
  const start = busy ? [] : times.slice(0, 1);
  const line = times.slice(start.length);
  return { start, waiting: line.slice(0, LONGEST_LINE), leftOut: leftOut(line.slice(LONGEST_LINE), 'queue-full') };
}

function leftOut(times: readonly number[], because: LeftOut['because']): LeftOut[] {
  return times.map((at) => ({ at, because }));
}

function split<T>(items: readonly T[], test: (item: T) => boolean): { readonly yes: T[]; readonly no: T[] } {
  return { yes: items.filter(test), no: items.filter((item) => !test(item)) };
}

/** Differs when the times of two schedules do; what does not change them (overlap, catch-up) is not in it. */
export function timingOf({ cron, every, timezone }: ScheduleTrigger): string {
  return JSON.stringify({ cron, every, timezone });
}
