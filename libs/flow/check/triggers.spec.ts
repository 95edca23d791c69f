import { marked, withKeys, withTrigger } from '../../../test/support/marked-flow.js';
import { checkFlow, formatProblems, matchesEvent } from '../index.js';
import type { CheckOptions } from '../index.js';

const options: CheckOptions = { components: new Map(), credentials: new Map() };

/** A flow with this trigger in line 2, other keys, and one step that reads an expression. */
function reading(trigger: string, expression: string, keys = ''): string {
  return withTrigger(trigger).replace('"steps": []', `${keys} "steps": [ { "id": "a", "set": { "v": "{{ ${expression} }}" } } ]`);
}

const daily = '{ "type": "schedule", "cron": "0 9 * * *" }';
const paid = '{ "type": "event", "event": "order.paid" }';
const called = '{ "type": "call", "input": { "type": "object", "properties": { "email": {} }, "additionalProperties": false } }';
const hook = '{ "type": "webhook" }';

describe('checkFlow finds nothing in', () => {
  it.each<[string, string]>([
    [
      'a schedule by a cron line',
      withTrigger('{ "type": "schedule", "cron": "0 9 * * MON-FRI", "timezone": "Europe/Berlin", "overlap": "queue", "catchUp": "all" }'),
    ],
    ['a schedule by an interval', withTrigger('{ "type": "schedule", "every": "15m", "overlap": "allow", "catchUp": "none" }')],
    ['what a schedule gives', reading(daily, 'trigger.body.scheduledAt & trigger.body.previousAt & trigger.id & trigger.receivedAt')],
    [
      'an event',
      withTrigger('{ "type": "event", "event": "order.*", "when": "{{ trigger.body.total > 10 and trigger.event = \'order.paid\' }}" }'),
    ],
    ['what an event gives', reading(paid, 'trigger.body.any.thing & trigger.event')],
    ['a call', withTrigger('{ "type": "call" }')],
    ['what a call gives', reading(called, 'trigger.body.email')],
    [
      'lanes, a rate and a priority',
      withKeys(
        '"concurrency": { "key": "{{ trigger.body.email }}", "limit": 1 }, "rate": { "limit": 10, "per": "1m" }, "priority": "high"',
      ),
    ],
    ['a limit for the whole flow', withKeys('"concurrency": { "limit": 5, "x-why": "slow" }')],
    ['debounce', withKeys('"debounce": { "key": "{{ trigger.body.id }}", "window": "30s", "maxWait": "5m" }')],
    [
      'a batch, and the list it gives',
      reading(hook, 'trigger.body.items.sku & trigger.body.items[0].sku', '"batch": { "window": "1m", "size": 100 },'),
    ],
    [
      'a batch in lanes',
      withKeys(
        '"batch": { "key": "{{ trigger.body.shop }}", "window": "1m" }, "concurrency": { "key": "{{ trigger.body.shop }}", "limit": 1 }',
      ),
    ],
  ])('%s', (_name, text) => {
    expect(formatProblems('f.json', checkFlow(text, options).problems)).toBe('');
  });
});

describe('checkFlow reports, at the marks,', () => {
  it.each<[string, string, string[]]>([
    ['a trigger of no type', withTrigger('¶{ "cron": "* * * * *" }'), ['flow.missing-key']],
    ['a trigger of an unknown type, and nothing else of it', withTrigger('{ "type": ¶"cron", "line": 1 }'), ['flow.bad-value']],
    ['a trigger that is no object', withTrigger('¶"webhook"'), ['flow.wrong-type']],
    ['a schedule without a time', withTrigger('¶{ "type": "schedule" }'), ['flow.missing-key']],
    ['a schedule with two', withTrigger('{ "type": "schedule", "cron": "* * * * *", ¶"every": "1m" }'), ['flow.conflicting-keys']],
    [
      'bad schedules',
      withTrigger('{ "type": "schedule", "cron": ¶"every monday", "timezone": ¶"Berlin", "overlap": ¶"drop", "catchUp": ¶true }'),
      ['flow.bad-value', 'flow.bad-value', 'flow.bad-value', 'flow.wrong-type'],
    ],
    ['a schedule that never comes', withTrigger('{ "type": "schedule", "cron": ¶"0 0 31 2 *" }'), ['flow.bad-value']],
    ['intervals that are too short or no time', withTrigger('{ "type": "schedule", "every": ¶"10ms" }'), ['flow.bad-value']],
    ['a zone for an interval', withTrigger('{ "type": "schedule", "every": "1h", ¶"timezone": "Europe/Berlin" }'), ['flow.key-no-effect']],
    ['an event without a name', withTrigger('¶{ "type": "event" }'), ['flow.missing-key']],
    [
      'keys of requests on other triggers',
      withTrigger('{ "type": "event", "event": "a", ¶"credential": "x", ¶"dedupe": {} }'),
      ['flow.unknown-key', 'flow.unknown-key'],
    ],
    ['an input schema that is none', withTrigger('{ "type": "call", "input": { "type": ¶"objekt" } }'), ['flow.bad-schema']],
    ['an input that is no schema', withTrigger('{ "type": "call", "input": ¶"object" }'), ['flow.wrong-type']],
    [
      'what only requests have',
      reading(daily, 'trigger.¶headers.x & trigger.¶query.y & trigger.¶method'),
      ['reference.unknown-field', 'reference.unknown-field', 'reference.unknown-field'],
    ],
    ['what a schedule does not give', reading(daily, 'trigger.body.¶scheduled'), ['reference.unknown-field']],
    ['the name of an event where there is none', reading(hook, 'trigger.¶event'), ['reference.unknown-field']],
    ['what the input does not have', reading(called, 'trigger.body.¶mail'), ['reference.unknown-field']],
    ['a condition on the run', withTrigger('{ "type": "event", "event": "a", "when": "{{ ¶run.id }}" }'), ['reference.unknown-root']],
    [
      'a resume URL before the run',
      withTrigger('{ "type": "event", "event": "a", "when": "{{ ¶resume.a.url }}" }'),
      ['reference.unknown-root'],
    ],
    [
      'lanes that are none',
      withKeys('"concurrency": ¶{}, "rate": { "limit": ¶0, "per": ¶"2d" }, "priority": ¶"urgent"'),
      ['flow.missing-key', 'flow.bad-value', 'flow.bad-value', 'flow.bad-value'],
    ],
    [
      'keys outside the accept subset',
      withKeys(
        '"concurrency": { "key": ¶"{{ $trim(trigger.body.x) }}", "limit": 1 }, "debounce": { "key": ¶"{{ $now() }}", "window": "1s" }',
      ),
      ['flow.not-acceptable', 'flow.not-acceptable'],
    ],
    ['constant keys', withKeys('"concurrency": { "key": ¶"all", "limit": 1 }'), ['flow.constant-key']],
    ['a lane by a step', withKeys('"concurrency": { "key": "{{ ¶steps.a.x }}", "limit": 1 }'), ['reference.not-before']],
    ['debounce and batch', withKeys('"debounce": { "window": "1s" }, ¶"batch": { "window": "1s" }'), ['flow.conflicting-keys']],
    ['windows that are too long', withKeys('"debounce": { "window": ¶"8d" }'), ['flow.bad-value']],
    ['a burst that ends before its window', withKeys('"debounce": { "window": "1m", "maxWait": ¶"1s" }'), ['flow.bad-value']],
    [
      'batches that are none',
      withKeys('"batch": { "window": ¶1, "size": ¶0, ¶"sizes": 1 }'),
      ['flow.wrong-type', 'flow.bad-value', 'flow.unknown-key'],
    ],
    [
      'lanes that split a batch',
      withKeys('"batch": { "window": "1m" }, "concurrency": { ¶"key": "{{ trigger.body.shop }}", "limit": 1 }'),
      ['flow.conflicting-keys'],
    ],
    ['what a batch does not give', reading(hook, 'trigger.body.¶id', '"batch": { "window": "1m" },'), ['reference.unknown-field']],
    [
      'what only one event of a batch has',
      reading(paid, 'trigger.¶event & trigger.¶headers.x', '"batch": { "window": "1m" },'),
      ['reference.unknown-field', 'reference.unknown-field'],
    ],
    ['batches of a schedule', reading(daily, 'trigger.id', '¶"batch": { "window": "1m" },'), ['flow.key-no-effect']],
    [
      'a caller who would wait for what is collected',
      withTrigger('{ "type": "webhook", "respond": "when-finished" }').replace('"steps"', '¶"debounce": { "window": "1m" }, "steps"'),
      ['flow.conflicting-keys'],
    ],
    [
      'a condition that only a run could decide',
      withTrigger('{ "type": "webhook", "when": ¶"{{ $sum(trigger.body.n) > 1 }}" }').replace(
        '"steps"',
        '"batch": { "window": "1m" }, "steps"',
      ),
      ['flow.not-acceptable'],
    ],
    ['debounced calls', reading(called, 'trigger.id', '¶"debounce": { "window": "1m" },'), ['flow.key-no-effect']],
    ['a deadline of retries that is none', withKeys('"defaults": { "retry": { "deadline": ¶"later" } }'), ['flow.bad-value']],
  ])('%s', (_name, source, codes) => {
    const { text, places } = marked(source);
    const found = checkFlow(text, options).problems.map(({ line, column, code }) => `${line}:${column} ${code}`);
    expect(found).toEqual(codes.map((code, index) => `${places[index]} ${code}`));
  });

  it.each(['', 'Order.paid', 'order.', '.paid', 'order..paid', 'order*', 'order.*.paid', '*.paid', 'order paid', '**'])(
    'the event name %j',
    (name) => {
      const text = withTrigger(JSON.stringify({ type: 'event', event: name }));
      expect(checkFlow(text, options).problems.map(({ code, path }) => `${path} ${code}`)).toEqual(['/trigger/event flow.bad-value']);
    },
  );
});

describe('messages say what to do', () => {
  it.each([
    [withTrigger('{ "type": "shedule" }'), 'There is no trigger `shedule`. Did you mean `schedule`?'],
    [reading(daily, 'trigger.headers.x'), 'Only a single request has `trigger.headers`; here `trigger` has `body`, `id`, `receivedAt`.'],
    [
      withTrigger('{ "type": "schedule", "cron": "* * * * *", "timezone": "Europe/Berln" }'),
      '`Europe/Berln` is not a time zone; write its IANA name, such as `Europe/Berlin`. Did you mean `Europe/Berlin`?',
    ],
    [withKeys('"rate": { "limit": 1, "per": "2d" }'), 'This duration is too long; at most 1d is possible.'],
  ])('in %s', (text, message) => {
    expect(checkFlow(text, options).problems.map((problem) => problem.message)).toContain(message);
  });
});

describe('matchesEvent', () => {
  it.each([
    ['order.paid', 'order.paid', true],
    ['order.paid', 'order.paid.late', false],
    ['order.*', 'order.paid', true],
    ['order.*', 'order.paid.late', true],
    ['order.*', 'order', false],
    ['order.*', 'orders.paid', false],
    ['*', 'anything', true],
  ])('%s takes %s: %s', (pattern, name, takes) => expect(matchesEvent(pattern, name)).toBe(takes));
});
