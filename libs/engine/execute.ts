import { StepError, type Json } from '@millrace/component-sdk';
import { sizeText, type Limits } from './limits.js';
import type { PlannedUse } from './plan.js';
import type { Clock, Host } from './ports.js';
import type { ClaimedRun, StepRow } from './records.js';
import { isRehearsed, rehearsed } from './rehearsal.js';

export interface Execution {
  readonly run: ClaimedRun;
  readonly host: Host;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly limits: Limits;
  /** When the time of a step around is over, in milliseconds since the epoch. */
  readonly deadline?: number;
  row(path: string): StepRow | undefined;
}

/** Which try of which step, with its resolved props. */
export interface Try {
  readonly path: string;
  readonly attempt: number;
  readonly input: Json;
}

/**
 * One try of a component: checks the props, sets the time limit, and turns the result into the JSON
 * that the journal keeps and later steps see, secrets taken out. Fails with whatever the component threw.
 */
export async function execute(step: PlannedUse, at: Execution, { path, attempt, input: props }: Try): Promise<Json> {
  const hosted = at.host.component(step.component);
  if (!hosted) throw missingComponent(step);
  const misfit = hosted.invalidProps(props);
  if (misfit) throw new StepError({ code: 'props.invalid', message: `${path}: ${misfit}`, blame: 'author', arrived: 'no' });
  at.signal.throwIfAborted();
  if (at.run.dry && isRehearsed(hosted.component)) return rehearsed(path, hosted.component.output, (recorded) => at.row(recorded));
  const limited = new TimeLimit(step, at);
  try {
    const context = at.host.context(hosted.component, {
      run: at.run,
      path,
      attempt,
      credential: step.credential,
      timeoutMs: step.timeoutMs,
      signal: limited.signal,
      idempotencyKey: idempotencyKey(at.run.id, path),
    });
    const output = await limited.race(Promise.resolve(hosted.component.run({ ...context, props } as never)));
    return stored(output, at, step);
  } finally {
    limited.done();
  }
}

/** The same over retries and crashes; a re-run is another run and so has other keys. */
export function idempotencyKey(runId: string, path: string): string {
  return `${runId}/${path}`;
}

const followers = new WeakMap<AbortSignal, Set<() => void>>();

/** Calls back when a signal aborts. One listener per signal, for many strands follow the same, and Node.js warns of more than ten. */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const known = followers.get(signal);
  const callbacks = known ?? new Set();
  if (!known) {
    followers.set(signal, callbacks);
    signal.addEventListener('abort', () => callbacks.forEach((follower) => follower()), { once: true });
  }
  callbacks.add(callback);
  return () => void callbacks.delete(callback);
}

/** Ends a component that takes too long, or whose run was given up, even when it ignores its signal. */
class TimeLimit {
  private readonly controller = new AbortController();
  private readonly cancelTimer: () => void;
  private readonly expired: Promise<never>;
  private readonly forget: () => void;

  constructor(step: PlannedUse, at: Execution) {
    this.expired = new Promise((_, reject) => {
      this.controller.signal.addEventListener('abort', () => reject(this.controller.signal.reason as Error), { once: true });
    });
    this.expired.catch(() => undefined);
    const left = (at.deadline ?? Infinity) - at.clock.now();
    const ends = left < step.timeoutMs ? { ms: Math.max(0, left), why: timeOfStepAround } : { ms: step.timeoutMs, why: timeout };
    this.cancelTimer = at.clock.after(ends.ms, () => this.controller.abort(ends.why(step)));
    this.forget = onAbort(at.signal, () => this.controller.abort(at.signal.reason));
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** The component's own error counts, unless it is only the echo of our abort. */
  async race<T>(work: Promise<T>): Promise<T> {
    try {
      return await Promise.race([work, this.expired]);
    } catch (error) {
      throw this.controller.signal.aborted ? this.controller.signal.reason : error;
    }
  }

  done(): void {
    this.cancelTimer();
    this.forget();
  }
}

/** A component that returns nothing has the output null; what is not JSON is refused rather than silently changed. */
function stored(output: unknown, { host, limits }: Execution, step: PlannedUse): Json {
  let text: string | undefined;
  try {
    text = JSON.stringify(output ?? null);
  } catch (cause) {
    throw notJson(step, cause);
  }
  if (text === undefined) throw notJson(step);
  const bytes = Buffer.byteLength(text);
  if (bytes > limits.outputBytes) throw tooLarge(step, bytes, limits.outputBytes);
  return JSON.parse(host.redact(text, step.credential)) as Json;
}

function notJson(step: PlannedUse, cause?: unknown): StepError {
  const message = `${step.component} returned something that is not JSON (a function, a cycle or a BigInt). Its author must return plain data.`;
  return new StepError({ code: 'output.not-json', message, cause });
}

function tooLarge({ id, component }: PlannedUse, bytes: number, most: number): StepError {
  const message = `${id} (${component}) gave ${sizeText(bytes)}, and ${sizeText(most)} are possible. Ask for less, for example page by page, or raise MILLRACE_MAX_OUTPUT.`;
  return new StepError({ code: 'output.too-large', message, blame: 'author', arrived: 'yes' });
}

function missingComponent(step: PlannedUse): StepError {
  return new StepError({
    code: 'component.unknown',
    message: `${step.id} uses ${step.component}, which this runner does not have. Install the plugin that brings it, then re-run.`,
    blame: 'operator',
    arrived: 'no',
  });
}

/** Another attempt would begin after its time. */
function timeOfStepAround(step: PlannedUse): StepError {
  const message = `${step.component} was given up: the time of a step around ${step.id} is over. It may have taken effect.`;
  return new StepError({ code: 'timeout', message, blame: 'author', retryable: false, arrived: 'maybe' });
}

function timeout(step: PlannedUse): StepError {
  return new StepError({
    code: 'timeout',
    message: `${step.component} did not finish within ${step.timeoutMs / 1000} s. Raise the step's timeout if the other side is just slow.`,
    blame: 'remote',
    retryable: true,
    arrived: 'maybe',
  });
}
