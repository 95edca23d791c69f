import type { Condition, Dedupe, RateLimit, WebhookTrigger } from '@millrace/flow';
import { compileCondition, compileTemplate, evaluateCondition, isAwaited, parseDuration, parseSize, webhookDefaults } from '@millrace/flow';
import { isStepError, StepError, type Json } from '@millrace/component-sdk';
import type { AnswerFrom, ErrorRecord, FlowResponse, TriggerView } from '../records.js';
import { errorRecord } from '../steps/step.js';

/** What is wrong with a body. */
export interface Misfit {
  /** The first place where it does not fit, as JSON pointer and sentence. */
  readonly problem: string;
  /** JSON pointers (RFC 6901) of the places that were found; the whole body is the empty one. */
  readonly pointers: readonly string[];
}

/** What is wrong with a body by its schema, or undefined. */
export type SchemaCheck = (body: unknown) => Misfit | undefined;

/** A webhook trigger made ready for the accept path: nothing in it waits. */
export interface WebhookRules {
  readonly methods: readonly string[];
  /** The media types as the author wrote them; undefined accepts every type that can be read. */
  readonly accept: readonly string[] | undefined;
  /** Whether a media type, in lower case, is one of them. */
  accepts(type: string): boolean;
  /** Content codings that are undone. */
  readonly encodings: readonly string[];
  readonly maxBytes: number | undefined;
  readonly rate: RateRule | undefined;
  readonly whenPaused: 'hold' | 'refuse';
  readonly answer: FixedAnswer | undefined;
  /** The caller waits for the run. */
  readonly awaits: AwaitRule | undefined;
  /** What becomes of a request, body parsed and credential verified. */
  decide(trigger: TriggerView): Decision;
}

export interface FixedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** What a caller waits for, and for how long. */
export interface AwaitRule {
  readonly from: AnswerFrom;
  readonly deadlineMs: number;
}

export type Decision =
  | { readonly kind: 'run'; readonly dedupe: DedupeKey | undefined }
  | { readonly kind: 'unmatched'; readonly clause: string }
  /** The event is kept with a run that failed at its trigger. */
  | { readonly kind: 'invalid'; readonly error: ErrorRecord; /** Where a body does not fit its schema. */ readonly misfit?: Misfit }
  | { readonly kind: 'keyless'; readonly problem: string };

/** Requests with the same key are let in `limit` at once, and again `limit` within `perMs`. */
export interface RateRule {
  readonly limit: number;
  readonly perMs: number;
  /** What cannot be keyed shares one key, for a limit must not turn events away for what they lack. */
  key(trigger: TriggerView): string;
}

export interface DedupeKey {
  readonly key: string;
  readonly windowMs: number;
}

const DEFAULT_WINDOW = '24h';
/** In `accept`. */
const ANY = '*/*';

/** Compiles a checked trigger. `schemaCheck` compiles its JSON Schema, which the engine does not do itself. */
export function webhookRules(
  trigger: WebhookTrigger,
  schemaCheck: (schema: NonNullable<WebhookTrigger['schema']>) => SchemaCheck,
): WebhookRules {
  const invalid = trigger.schema === undefined ? undefined : schemaCheck(trigger.schema);
  const matches = acceptCondition(trigger.when);
  const dedupeKey = trigger.dedupe && dedupe(trigger.dedupe, parseDuration(trigger.dedupe.window ?? DEFAULT_WINDOW));
  return {
    methods: trigger.methods ?? ['POST'],
    accept: trigger.accept,
    accepts: typeMatcher(trigger.accept),
    encodings: trigger.encodings ?? [],
    rate: trigger.rateLimit && rateRule(trigger.rateLimit),
    maxBytes: trigger.limit === undefined ? undefined : parseSize(trigger.limit),
    whenPaused: trigger.whenPaused ?? 'hold',
    answer: fixedAnswer(trigger.respond),
    awaits: awaitRule(trigger.respond),
    decide: (view) => {
      const matched = matches(view);
      if (isStepError(matched)) return { kind: 'invalid', error: errorRecord(matched, 'trigger', 1) };
      if (!matched) return { kind: 'unmatched', clause: String(trigger.when) };
      const misfit = invalid?.(view.body);
      return misfit === undefined ? keyed(dedupeKey, view) : { kind: 'invalid', error: unfit(misfit), misfit };
    },
  };
}

function unfit({ problem }: Misfit): ErrorRecord {
  return { code: 'trigger.schema', message: `The body does not fit the trigger's schema: ${problem}`, step: 'trigger', blame: 'remote' };
}

/** `text/*` stands for every type that starts with `text/`, a star on both sides for any type. */
function typeMatcher(accept: readonly string[] | undefined): (type: string) => boolean {
  if (accept === undefined) return () => true;
  const wanted = accept.map((type) => type.toLowerCase());
  return (type) => wanted.some((each) => each === type || each === ANY || (each.endsWith('/*') && type.startsWith(each.slice(0, -1))));
}

/**
 * A condition outside the accept subset holds here; the runner evaluates it and ends the run as filtered. One that
 * cannot be evaluated (a text is compared with a number) is answered as its error, as the runner would find it.
 */
export function acceptCondition(when: Condition | undefined): (trigger: TriggerView) => boolean | StepError {
  if (when === undefined) return () => true;
  const condition = compileCondition(when);
  if (!condition.acceptable) return () => true;
  return (trigger) => orStepError(() => evaluateCondition(condition, { trigger }, undefined, 'when') === true);
}

function orStepError<T>(evaluate: () => T): T | StepError {
  try {
    return evaluate();
  } catch (error) {
    if (isStepError(error)) return error;
    throw error;
  }
}

function dedupe({ key }: Dedupe, windowMs: number): (trigger: TriggerView) => DedupeKey {
  const resolve = acceptKey(key, 'dedupe.key');
  return (trigger) => ({ key: keyText(resolve(trigger)), windowMs });
}

/** A key of the accept subset, ready to run. Throws a StepError for an event that lacks what it names. */
export function acceptKey(source: string, where: string): (trigger: TriggerView) => Json {
  const { resolveSync } = compileTemplate(source, where);
  if (!resolveSync) throw new Error(`A ${where} outside the accept subset was not caught by the checker.`);
  return (trigger) => resolveSync({ trigger });
}

function rateRule({ limit, per, key }: RateLimit): RateRule {
  const resolve = key === undefined ? () => '' : acceptKey(key, 'rateLimit.key');
  const keyOf = (trigger: TriggerView): string => {
    const value = orStepError(() => resolve(trigger));
    return isStepError(value) ? '' : JSON.stringify(value);
  };
  return { limit, perMs: parseDuration(per), key: keyOf };
}

/** Nothing is no key: events that all have a null id are not copies of one another. */
function keyText(value: Json): string {
  if (value === null || value === '') {
    const message = `\`dedupe.key\` is ${value === null ? 'null' : 'an empty text'}; every event needs a key of its own.`;
    throw new StepError({ code: 'dedupe.key-missing', message, blame: 'remote' });
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A key that cannot be made would let duplicates through silently, so the request is told what is missing. */
function keyed(key: ((trigger: TriggerView) => DedupeKey) | undefined, view: TriggerView): Decision {
  const dedupe = orStepError(() => key?.(view));
  return isStepError(dedupe) ? { kind: 'keyless', problem: dedupe.message } : { kind: 'run', dedupe };
}

function fixedAnswer(respond: WebhookTrigger['respond']): FixedAnswer | undefined {
  if (respond === undefined || respond === 'immediately' || isAwaited(respond)) return undefined;
  return answerBytes(respond);
}

function awaitRule(respond: WebhookTrigger['respond']): AwaitRule | undefined {
  if (!isAwaited(respond)) return undefined;
  const { from, deadline = webhookDefaults.deadline } = respond === 'when-finished' ? { from: 'end' as const } : respond;
  return { from, deadlineMs: parseDuration(deadline) };
}

/** An answer as it is sent: a text as it is, anything else as JSON, under the type that the answer names or the usual one. */
export function answerBytes({ status, headers = {}, body }: FlowResponse): FixedAnswer {
  const json = body !== undefined && typeof body !== 'string';
  const type = json ? { 'content-type': 'application/json; charset=utf-8' } : { 'content-type': 'text/plain; charset=utf-8' };
  const all = { ...(body === undefined ? {} : type), ...lowerCase(headers) };
  return { status, headers: all, body: json ? JSON.stringify(body) : body };
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
