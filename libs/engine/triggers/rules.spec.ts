import type { WebhookTrigger } from '@millrace/flow';
import type { TriggerView } from '../records.js';
import { webhookRules, type Decision, type WebhookRules } from './rules.js';

const MISFIT = { problem: '/a must be a number', pointers: ['/a'] };

function rulesOf(trigger: Partial<WebhookTrigger>): WebhookRules {
  return webhookRules({ type: 'webhook', ...trigger }, () => (body) => (body === 'misfit' ? MISFIT : undefined));
}

function view(body: unknown): TriggerView {
  const receivedAt = '2026-03-01T12:00:00.000Z';
  return { body, headers: { 'x-id': 'h1' }, query: { q: 'q1' }, method: 'POST', id: 'event-1', receivedAt };
}

function decide(trigger: Partial<WebhookTrigger>, body: unknown): Decision {
  return rulesOf(trigger).decide(view(body));
}

describe('a trigger that says nothing', () => {
  it('takes POST, every type and size, runs every event once for each time it comes, and holds while paused', () => {
    const rules = rulesOf({});
    expect(rules).toMatchObject({ methods: ['POST'], accept: undefined, maxBytes: undefined, whenPaused: 'hold', answer: undefined });
    expect(rules.accepts('anything/at-all')).toBe(true);
    expect(rules.decide(view(null))).toEqual({ kind: 'run', dedupe: undefined });
  });
});

describe('accept', () => {
  it.each([
    ['application/json', true],
    ['text/plain', true],
    ['textual/plain', false],
    ['application/jsonp', false],
    ['', false],
  ])('of a type and a range takes %p: %p', (type, taken) => {
    expect(rulesOf({ accept: ['Application/JSON', 'text/*'] }).accepts(type)).toBe(taken);
  });
});

describe('when', () => {
  const when = "{{ trigger.body.type = 'lead' }}";

  it('lets pass what it holds for, and names itself for the rest', () => {
    expect(decide({ when }, { type: 'lead' })).toEqual({ kind: 'run', dedupe: undefined });
    expect(decide({ when }, { type: 'other' })).toEqual({ kind: 'unmatched', clause: when });
    expect(decide({ when }, null)).toEqual({ kind: 'unmatched', clause: when });
  });

  it('outside of what the accept path can evaluate is left to the runner', () => {
    expect(decide({ when: "{{ $contains(trigger.body.type, 'x') }}" }, { type: 'other' })).toEqual({ kind: 'run', dedupe: undefined });
  });

  it('that cannot be evaluated keeps the event with a failed run, for it will not do better when sent again', () => {
    const decision = decide({ when: '{{ trigger.body.total > 500 }}', dedupe: { key: '{{ trigger.id }}' } }, { total: 'many' });
    expect(decision).toMatchObject({ kind: 'invalid', error: { code: 'expression.failed', step: 'trigger' } });
    expect((decision as Extract<Decision, { kind: 'invalid' }>).error.message).toContain('trigger.body.total > 500');
  });
});

describe('schema', () => {
  it('that does not hold names the place, and is looked at only where `when` holds', () => {
    expect(decide({ schema: {} }, 'misfit')).toEqual({
      kind: 'invalid',
      error: {
        code: 'trigger.schema',
        message: "The body does not fit the trigger's schema: /a must be a number",
        step: 'trigger',
        blame: 'remote',
      },
      misfit: MISFIT,
    });
    expect(decide({ schema: {}, when: "{{ trigger.body = 'x' }}" }, 'misfit').kind).toBe('unmatched');
  });

  it('comes before the key: an event that does not fit takes none', () => {
    expect(decide({ schema: {}, dedupe: { key: '{{ trigger.body }}' } }, 'misfit').kind).toBe('invalid');
  });
});

describe('the dedupe key', () => {
  it.each([
    ['{{ trigger.body.id }}', { id: 'a' }, 'a'],
    ['{{ trigger.body.id }}', { id: 17 }, '17'],
    ['{{ trigger.body.id }}', { id: false }, 'false'],
    ['{{ trigger.body.id }}', { id: { a: [1] } }, '{"a":[1]}'],
    ["{{ trigger.body.id ?? 'none' }}", {}, 'none'],
    ['{{ trigger.headers."x-id" }}/{{ trigger.query.q }}', {}, 'h1/q1'],
  ])('%s of %j is %p, for a day', (key, body, text) => {
    expect(decide({ dedupe: { key } }, body)).toEqual({ kind: 'run', dedupe: { key: text, windowMs: 86_400_000 } });
  });

  it('counts for as long as the window says', () => {
    expect(decide({ dedupe: { key: '{{ trigger.id }}', window: '10m' } }, {})).toMatchObject({ dedupe: { windowMs: 600_000 } });
  });

  it.each([[{}], [null], ['text'], [{ id: null }], [{ id: '' }]])(
    'that cannot be made of %j is said, so that no event passes for a copy',
    (body) => {
      expect(decide({ dedupe: { key: '{{ trigger.body.id }}' } }, body)).toEqual({
        kind: 'keyless',
        problem: expect.stringContaining('`dedupe.key`'),
      });
    },
  );
});

describe('a fixed answer', () => {
  it.each([
    ['immediately' as const, undefined],
    [{ status: 204 }, { status: 204, headers: {}, body: undefined }],
    [
      { status: 200, body: 'ok' },
      { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'ok' },
    ],
    [
      { status: 200, body: '' },
      { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: '' },
    ],
    [
      { status: 201, body: { a: 1 } },
      { status: 201, headers: { 'content-type': 'application/json; charset=utf-8' }, body: '{"a":1}' },
    ],
    [
      { status: 200, body: null },
      { status: 200, headers: { 'content-type': 'application/json; charset=utf-8' }, body: 'null' },
    ],
    [
      { status: 200, headers: { 'Content-Type': 'text/xml', 'X-A': 'b' }, body: '<Response/>' },
      { status: 200, headers: { 'content-type': 'text/xml', 'x-a': 'b' }, body: '<Response/>' },
    ],
  ])('from %j', (respond, answer) => {
    expect(rulesOf({ respond }).answer).toEqual(answer);
  });
});

it('a limit is in bytes', () => {
  expect(rulesOf({ limit: '2kb' }).maxBytes).toBeGreaterThanOrEqual(2_000);
});
