import type { ErrorRecord, StepRow } from './records.js';
import { timeText } from './limits.js';
import { plainPath } from './tries.js';

/** The row that says when a step with steps inside began, and how it ended: `both~` for the step `both`. */
export function timerPath(path: string): string {
  return `${path}~`;
}

/** The row that says that a step with a `finally` began, and what time it was when that did: `both~finally` for the step `both`. */
export function finallyPath(path: string): string {
  return `${path}~finally`;
}

/** The end of the time that a step and all that is inside it may take. It is noticed at the boundaries of steps, once. */
export class Deadline {
  constructor(
    /** Milliseconds since the epoch. */
    private readonly at: number,
    private readonly around: Deadline | undefined,
    private isOver: boolean,
    private readonly expire: () => void,
  ) {}

  /** When this or one around it is over. */
  get next(): number {
    return Math.min(this.at, this.around?.next ?? Infinity);
  }

  /** Notices that it is over, from the outermost inwards. */
  check(now: number): void {
    this.around?.check(now);
    if (this.isOver || now < this.at) return;
    this.isOver = true;
    this.expire();
  }
}

export function outOfTime(id: string, path: string, ms: number): ErrorRecord {
  const message = `${id} and the steps in it took longer than ${timeText(ms)}. What had not begun was left out; raise its timeout, or catch \`timeout\` around it.`;
  return { code: 'timeout', message, step: plainPath(path), blame: 'author' };
}

/** Where a timer begins. */
export function timerRow(path: string, now: number, ms: number): StepRow {
  const times = { startedAt: now, finishedAt: now, resumeAt: now + ms };
  return { path: timerPath(path), attempt: 1, kind: 'timer', status: 'waiting', ...times };
}
