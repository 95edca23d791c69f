import type { Component, JsonSchema } from '@millrace/component-sdk';
import { checkFlow, formatProblems, parseFlow } from '../index.js';
import type { CheckOptions, CredentialInfo } from '../index.js';
import { marked, withKeys, withSteps, withTrigger } from '../../../test/support/marked-flow.js';

function component(name: string, props: JsonSchema, more: Partial<Component> = {}): [string, Component] {
  return [name, { name, title: name, props, run: () => undefined, ...more }];
}

const components = new Map([
  component(
    'hubspot.upsert-contact',
    {
      type: 'object',
      properties: { email: { type: 'string', format: 'email' }, properties: { type: 'object' } },
      required: ['email'],
      additionalProperties: false,
    },
    {
      credential: { types: ['api-key'], required: true },
      output: {
        type: 'object',
        properties: {
          id: { type: 'string' },
          tags: { type: 'array', items: { type: 'object', properties: { name: {} } } },
          extra: { type: 'object' },
        },
      },
    },
  ),
  component(
    'slack.send-message',
    {
      type: 'object',
      properties: {
        text: { type: 'string', maxLength: 40 },
        count: { type: 'integer' },
        mode: { enum: ['plain', 'rich'] },
        to: {
          anyOf: [
            { type: 'string', pattern: '^#' },
            { type: 'object', properties: { user: { type: 'string' } }, required: ['user'], additionalProperties: false },
          ],
        },
      },
      required: ['text'],
      additionalProperties: false,
    },
    { credential: { types: ['api-key'] } },
  ),
  component('slack.update-message', { type: 'object', anyOf: [{ required: ['text'] }, { required: ['blocks'] }] }),
  component(
    'discord.send-message',
    { type: 'object', properties: { content: { type: 'string' } } },
    { credential: { types: ['api-key'] } },
  ),
  component('log', { type: 'object' }),
]);

const credentials = new Map<string, CredentialInfo>([
  ['chatbot', { type: 'hmac' }],
  ['hubspot', { type: 'api-key', in: 'header' }],
  ['sales-slack', { type: 'api-key', in: 'url' }],
  ['team-discord', { type: 'api-key', in: 'url' }],
  ['ops-slack', { type: 'api-key', in: 'url' }],
  ['halved', { type: 'api-key', in: 'header', broken: 'it has no value.' }],
  ['unset', { type: 'api-key', in: 'header', missing: 'HUBSPOT_TOKEN' }],
]);

const options: CheckOptions = { components, credentials };

const FAILED = '"when": "{{ $exists(steps.x.error) }}",';

/** Steps of kinds with an output and without, that let the run go on when they fail. */
const mayFail: [string, string][] = [
  ['use', '{ "id": "x", "use": "slack.send-message", "with": { "text": "a" }, "onError": "continue" },'],
  ['if', '{ "id": "x", "if": "{{ trigger.body.x }}", "then": [], "onError": "continue" },'],
  ['switch', '{ "id": "x", "switch": "{{ trigger.body.x }}", "cases": [], "onError": "continue" },'],
  ['try', '{ "id": "x", "try": [], "catch": [], "onError": "continue" },'],
];

function tell(expression: string, keys = ''): string {
  return `{ "id": "tell", ${keys} "use": "log", "with": { "v": "{{ ${expression} }}" } }`;
}

function found(text: string, more: Partial<CheckOptions> = {}): string[] {
  return checkFlow(text, { ...options, ...more }).problems.map(({ line, column, code }) => `${line}:${column} ${code}`);
}

const contact =
  '{ "id": "contact", "use": "hubspot.upsert-contact", "credential": "hubspot", "with": { "email": "{{ trigger.body.email }}" } },';

const leadCaptured = `{
  "$schema": "./flow.schema.json",
  "format": 1,
  "id": "lead-captured",                       // = file name; its URL is POST /flows/lead-captured/hook
  "name": "New lead to HubSpot and Slack",
  "note": "Owner: growth.",
  "trigger": {
    "type": "webhook",
    "credential": "chatbot",                   /* a logical name */
    "accept": ["application/json"],
    "when": "{{ trigger.body.type = 'lead.captured' }}",
    "schema": { "type": "object", "required": ["id", "data"] },
    "dedupe": { "key": "{{ trigger.body.id }}", "window": "24h" },
    "respond": "immediately",
  },
  "defaults": { "retry": { "attempts": 4, "delay": "2s", "backoff": "exponential", "maxDelay": "1m", "jitter": true }, "timeout": "30s" },
  "steps": [
    { "id": "contact", "use": "hubspot.upsert-contact", "credential": "hubspot",
      "with": { "email": "{{ trigger.body.data.email }}", "properties": { "company": "{{ trigger.body.data.company ?? 'unknown' }}" } } },
    { "id": "big", "if": "{{ trigger.body.data.seats >= 50 }}",
      "then": [ { "id": "tellSales", "use": "slack.send-message", "credential": "sales-slack",
                  "with": { "text": "New lead {{ trigger.body.data.name }}: contact {{ steps.contact.id }}" } } ],
      "else": [ { "id": "tellTeam", "use": "discord.send-message", "credential": "team-discord",
                  "with": { "content": "Lead {{ trigger.body.data.email }}" } } ] }
  ],
  "onError": [ { "id": "alarm", "use": "slack.send-message", "credential": "ops-slack",
                 "with": { "text": "{{ error.step }} failed: {{ error.message }}" } } ]
}`;

describe('checkFlow finds nothing in', () => {
  it('the flow of the documentation', () => {
    const { flow, problems } = checkFlow(leadCaptured, { ...options, flowId: 'lead-captured' });
    expect(problems).toEqual([]);
    expect(flow).toMatchObject({ id: 'lead-captured', steps: [{ use: 'hubspot.upsert-contact' }, { then: [{ id: 'tellSales' }] }] });
  });

  it.each([
    [
      'switch over values',
      withSteps(
        '{ "id": "pick", "switch": "{{ trigger.body.kind }}", "cases": [ { "when": "a", "steps": [] },',
        '{ "when": ["b", 3], "steps": [] } ], "default": [] }',
      ),
    ],
    [
      'switch over conditions',
      withSteps('{ "id": "pick", "switch": true, "cases": [ { "when": "{{ trigger.body.total > 500 }}", "steps": [] } ] }'),
    ],
    [
      'set, and reading what it sets',
      withSteps(
        '{ "id": "vars", "set": { "name": "{{ $uppercase(trigger.body.name) }}" } },',
        '{ "id": "l", "use": "log", "with": { "n": "{{ steps.vars.name }}" } }',
      ),
    ],
    ['a caller who waits for the end', withTrigger('{ "type": "webhook", "respond": "when-finished" }')],
    ['a caller who waits for the end, and not long', withTrigger('{ "type": "webhook", "respond": { "from": "end", "deadline": "2s" } }')],
    [
      'a caller who waits for a step, however deep it stands',
      JSON.stringify({
        format: 1,
        id: 'a',
        trigger: { type: 'webhook', respond: { from: 'step', deadline: '1m' } },
        steps: [{ id: 'i', if: true, then: [{ id: 'reply', respond: {} }] }],
      }),
    ],
    ['stop', withSteps('{ "id": "done", "when": "{{ trigger.body.full }}", "stop": { "as": "failed", "message": "No seats left" } }')],
    ['disabled flows, and keys of other tools', withKeys('"enabled": false, "x-layout": { "any": [1] }')],
    [
      'all step settings',
      withSteps(
        '{ "id": "a", "name": "A", "note": "n", "when": true, "use": "log", "retry": { "attempts": 100,',
        '"on": ["http.4xx", "timeout"] }, "timeout": "500ms", "onError": "fail", "onCrash": "stop" }',
      ),
    ],
    [
      'all trigger keys',
      withTrigger(
        '{ "type": "webhook", "methods": ["POST", "PUT"], "accept": ["text/*"], "whenPaused": "refuse",',
        '"limit": "64kb", "respond": { "status": 204, "headers": { "x-a": "b" }, "body": { "ok": true } },',
        '"schema": true, "x-t": 1 }',
      ),
    ],
    [
      'a default for a step that may be skipped',
      withSteps(
        '{ "id": "a", "when": "{{ trigger.body.x }}", "use": "log" },',
        '{ "id": "b", "use": "log", "with": { "v": "{{ steps.a.v ?? 1 }}", "w": "{{ $exists(steps.a.v) ? steps.a.v : 2 }}" } }',
      ),
    ],
    [
      'a condition on a step that may be skipped',
      withSteps('{ "id": "a", "when": "{{ trigger.body.x }}", "use": "log" },', '{ "id": "b", "if": "{{ steps.a.v }}", "then": [] }'),
    ],
    [
      'names inside filters and lambdas',
      withSteps(
        '{ "id": "a", "use": "log", "with": { "v": "{{ trigger.body.items[price > 5].name }}",',
        '"w": "{{ $map(trigger.body.items, function($i) { $i.sku }) }}" } }',
      ),
    ],
    [
      'an open output',
      withSteps(
        contact,
        '{ "id": "a", "use": "log", "with": { "v": "{{ steps.contact.extra.anything }}",',
        '"w": "{{ steps.contact.tags.name }}" } }',
      ),
    ],
    [
      'values that only expressions know',
      withSteps(
        '{ "id": "a", "use": "slack.send-message",',
        '"with": { "text": "{{ trigger.body.text }} and much more text than forty characters",',
        '"count": "{{ trigger.body.n }}", "mode": "{{ trigger.body.m }}",',
        '"to": { "user": "{{ trigger.body.u }}" } } }',
      ),
    ],
    [
      'braces that are no expression',
      withSteps('{ "id": "a", "use": "log", "with": { "v": "a \\\\{{ b }}", "w": "}}", "x": "{{ {\\"a\\": {\\"b\\": \\"}}\\"}} }}" } }'),
    ],
    [
      'steps in onError that read steps with a default',
      withKeys('"onError": [ { "id": "x", "use": "log", "with": { "v": "{{ steps.contact.id ?? error.code }}" } } ]').replace(
        '[]',
        `[ ${contact} ]`,
      ),
    ],
    ...mayFail.flatMap<[string, string]>(([kind, step]) => [
      [
        `the error of a step that may have failed (${kind}), after asking in \`when\``,
        withSteps(step, tell('steps.x.error.message', FAILED)),
      ],
      [
        `the error of a step that may have failed (${kind}), after asking in \`if\``,
        withSteps(step, `{ "id": "i", "if": "{{ $exists(steps.x.error) }}", "then": [ ${tell('steps.x.error.message')} ] }`),
      ],
    ]),
    [
      'what a step gave that did not fail',
      withSteps(
        contact.replace('"id": "contact"', '"id": "x", "onError": "continue"'),
        `{ "id": "i", "if": "{{ $exists(steps.x.error) }}", "then": [], "else": [ ${tell('steps.x.id')} ] }`,
      ),
    ],
    [
      'a step that may have been skipped, where a switch asked for it',
      withSteps(
        contact.replace('"id": "contact"', '"id": "x", "when": "{{ trigger.body.x }}"'),
        `{ "id": "w", "switch": "{{ steps.x.id }}", "cases": [ { "when": "1", "steps": [ ${tell('steps.x.id')} ] } ] }`,
      ),
    ],
  ])('%s', (_name, text) => {
    expect(formatProblems('f.json', checkFlow(text, options).problems)).toBe('');
  });
});

describe('checkFlow reports, at the marks,', () => {
  it.each<[string, string, string[]]>([
    ['an unknown key of the flow', withKeys('¶"stepps": []'), ['flow.unknown-key']],
    [
      'a bad default',
      withKeys('"defaults": { "timeout": ¶"soon", "onError": ¶"panic", ¶"when": true }'),
      ['flow.bad-value', 'flow.bad-value', 'flow.unknown-key'],
    ],
    [
      'a retry outside its bounds',
      withKeys('"defaults": { "retry": { "attempts": ¶0, "delay": ¶"2", "backoff": ¶"linear", "on": [¶"!"] } }'),
      ['flow.bad-value', 'flow.bad-value', 'flow.bad-value', 'flow.bad-value'],
    ],
    ['enabled that is no boolean', withKeys('"enabled": ¶"no"'), ['flow.wrong-type']],
    ['missing keys', '¶¶¶{\n"format": 1 }', ['flow.missing-key', 'flow.missing-key', 'flow.missing-key']],
    ['another format', '{ "format": ¶0, "id": "f", "trigger": { "type": "webhook" }, "steps": [] }', ['flow.bad-value']],
    ['a bad flow id', '{ "format": 1, "id": ¶"Not an id", "trigger": { "type": "webhook" }, "steps": [] }', ['flow.bad-id']],
    ['a duplicate key', withKeys('"name": "a", ¶"name": "b"'), ['flow.duplicate-key']],
    ['the key __proto__', withSteps('{ "id": "a", "use": "log", "with": { ¶"__proto__": { "x": 1 } } }'), ['flow.forbidden-key']],
    ['an unknown trigger', withTrigger('{ "type": ¶"webhok" }'), ['flow.bad-value']],
    [
      'a header that cannot be one',
      withTrigger('{ "type": "webhook", "respond": { "status": 200, "headers": { ¶"a b": "c" } } }'),
      ['flow.bad-value'],
    ],
    [
      'a header of the server',
      withTrigger('{ "type": "webhook", "respond": { "status": 200, "headers": { ¶"Connection": "c" } } }'),
      ['flow.bad-value'],
    ],
    [
      'a header of two lines',
      withTrigger('{ "type": "webhook", "respond": { "status": 200, "headers": ¶{ "a": "b\\nc" } } }'),
      ['flow.bad-value'],
    ],
    ['an unknown way to answer', withTrigger('{ "type": "webhook", "respond": ¶"later" }'), ['flow.bad-value']],
    ['an unknown answer to wait for', withTrigger('{ "type": "webhook", "respond": { "from": ¶"steps" } }'), ['flow.bad-value']],
    ['a caller kept too long', withTrigger('{ "type": "webhook", "respond": { "from": "end", "deadline": ¶"61s" } }'), ['flow.bad-value']],
    [
      'an awaited answer that is fixed',
      withTrigger('{ "type": "webhook", "respond": { "from": "end", ¶"status": 200 } }'),
      ['flow.unknown-key'],
    ],
    ['an awaited step that is not there', withTrigger('{ "type": "webhook", "respond": ¶{ "from": "step" } }'), ['flow.missing-respond']],
    [
      'bad trigger values',
      withTrigger('{ "type": "webhook", "methods": [¶"FETCH"], "accept": [¶"json"], "limit": ¶"1gb", "whenPaused": ¶"wait" }'),
      ['flow.bad-value', 'flow.bad-value', 'flow.bad-value', 'flow.bad-value'],
    ],
    ['an empty list of methods', withTrigger('{ "type": "webhook", "methods": ¶[] }'), ['flow.bad-value']],
    ['a trigger credential that is not there', withTrigger('{ "type": "webhook", "credential": ¶"chatbott" }'), ['credential.unknown']],
    [
      'a trigger credential that cannot verify',
      withTrigger('{ "type": "webhook", "credential": ¶"ops-slack" }'),
      ['credential.wrong-type'],
    ],
    [
      'a trigger credential without its secret',
      withTrigger('{ "type": "webhook", "credential": ¶"unset" }'),
      ['credential.missing-secret'],
    ],
    ['a trigger condition on a step', withTrigger('{ "type": "webhook", "when": "{{ ¶steps.a.b }}" }'), ['reference.not-before']],
    [
      'a dedupe key outside the accept subset',
      withTrigger('{ "type": "webhook", "dedupe": { "key": ¶"{{ $trim(trigger.body.id) }}" } }'),
      ['flow.not-acceptable'],
    ],
    ['a constant dedupe key', withTrigger('{ "type": "webhook", "dedupe": { "key": ¶"id" } }'), ['flow.constant-key']],
    ['a schema that is none', withTrigger('{ "type": "webhook", "schema": { "type": ¶"objekt" } }'), ['flow.bad-schema']],
    ['a schema with a reference to nowhere', withTrigger('{ "type": "webhook", "schema": ¶{ "$ref": "#/nowhere" } }'), ['flow.bad-schema']],
    [
      'an expression in the fixed answer',
      withTrigger('{ "type": "webhook", "respond": { "status": 200, "body": ¶"{{ trigger.id }}" } }'),
      ['flow.expression-not-allowed'],
    ],
    ['a step without a kind', withSteps('¶{ "id": "a", "usse": "log" }'), ['flow.no-step-kind']],
    ['a step of two kinds', withSteps('{ "id": "a", "use": "log", ¶"set": {} }'), ['flow.two-step-kinds']],
    ['a bad step id', withSteps('{ "id": ¶"tell-sales", "use": "log" }'), ['flow.bad-id']],
    [
      'a repeated step id',
      withSteps('{ "id": "a", "use": "log" },', '{ "id": "b", "if": true, "then": [ { "id": ¶"a", "use": "log" } ] }'),
      ['flow.duplicate-step'],
    ],
    ['a key of another kind of step', withSteps('{ "id": "a", "use": "log", ¶"then": [] }'), ['flow.unknown-key']],
    ['an unknown component', withSteps('{ "id": "a", "use": ¶"slack.send-mesage" }'), ['component.unknown']],
    [
      'an unknown prop',
      withSteps('{ "id": "a", "use": "slack.send-message", "with": { ¶"txt": "x", "text": "" } }'),
      ['component.unknown-prop'],
    ],
    ['a missing prop', withSteps('{ "id": "a", "use": "slack.send-message", ¶"with": {} }'), ['component.missing-prop']],
    [
      'a step without any of several props',
      withSteps('{ "id": "a", "use": "slack.update-message", ¶"with": { "ts": "1" } }'),
      ['component.missing-prop'],
    ],
    ['a missing prop without `with`', withSteps('¶{ "id": "a", "use": "slack.send-message" }'), ['component.missing-prop']],
    [
      'prop values that cannot be',
      withSteps(
        '{ "id": "a", "use": "slack.send-message", "with": { "text": ¶1, "count": ¶"{{ trigger.body.n }} of 3",',
        '"mode": ¶"plane" } }',
      ),
      ['component.bad-prop', 'component.bad-prop', 'component.bad-prop'],
    ],
    [
      'a prop that fits no form, once',
      withSteps('{ "id": "a", "use": "slack.send-message", "with": { "text": "", "to": ¶{ "usr": "x" } } }'),
      ['component.bad-prop'],
    ],
    [
      'a missing credential',
      withSteps('{ "id": "a", "use": ¶"hubspot.upsert-contact", "with": { "email": "a@b.c" } }'),
      ['credential.required'],
    ],
    ['a credential nobody takes', withSteps('{ "id": "a", "use": "log", ¶"credential": "hubspot" }'), ['credential.not-taken']],
    [
      'a credential of the wrong type',
      withSteps(contact.replace('"credential": "hubspot"', '"credential": ¶"chatbot"')),
      ['credential.wrong-type'],
    ],
    [
      'a credential without its secret',
      withSteps(contact.replace('"credential": "hubspot"', '"credential": ¶"unset"')),
      ['credential.missing-secret'],
    ],
    [
      'a credential whose definition is wrong',
      withSteps(contact.replace('"credential": "hubspot"', '"credential": ¶"halved"')),
      ['credential.broken'],
    ],
    ['a condition without braces', withSteps('{ "id": "a", "when": ¶"trigger.body.x = 1", "use": "log" }'), ['flow.bad-condition']],
    ['a condition in mixed text', withSteps('{ "id": "a", "if": ¶"x {{ trigger.body.x }}", "then": [] }'), ['flow.bad-condition']],
    [
      'an expression in a case value',
      withSteps('{ "id": "a", "switch": "{{ trigger.body.x }}", "cases": [ { "when": ¶"{{ 1 }}", "steps": [] } ] }'),
      ['flow.expression-not-allowed'],
    ],
    [
      'a repeated case',
      withSteps(
        '{ "id": "a", "switch": "{{ trigger.body.x }}", "cases": [ { "when": ["a", "b"], "steps": [] },',
        '{ "when": ¶"b", "steps": [] } ] }',
      ),
      ['flow.duplicate-case'],
    ],
    ['an expression that is not closed', withSteps('{ "id": "a", "use": "log", "with": { "v": "a ¶{{ trigger" } }'), ['expression.syntax']],
    [
      'a syntax error at its place',
      withSteps('{ "id": "a", "use": "log", "with": { "v": "\\"\\u0041\\" {{ trigger.body. ¶+ }}" } }'),
      ['expression.syntax'],
    ],
    [
      'an unknown function',
      withSteps('{ "id": "a", "use": "log", "with": { "v": "{{ ¶$uppercas(trigger.body.x) }}" } }'),
      ['expression.syntax'],
    ],
    [
      'a function without its dollar sign',
      withSteps('{ "id": "a", "use": "log", "with": { "v": "{{ ¶uppercase(trigger.body.x) }}" } }'),
      ['expression.syntax'],
    ],
    ['$eval', withSteps('{ "id": "a", "use": "log", "with": { "v": "{{ ¶$eval(trigger.body.x) }}" } }'), ['expression.syntax']],
    [
      'a regular expression that backtracks',
      withSteps('{ "id": "a", "use": "log", "with": { "v": "{{ $match(trigger.body.x, ¶/(?=a)b/) }}" } }'),
      ['expression.syntax'],
    ],
    [
      'an unknown root',
      withSteps(
        '{ "id": "a", "use": "log", "with": { "v": "{{ ¶env.HOME }}", "w": "{{ ¶credentials.x }}",',
        '"x": "{{ ¶item.a }}", "y": "{{ ¶body.a }}", "z": "{{ ¶error.code }}" } }',
      ),
      ['reference.unknown-root', 'reference.unknown-root', 'reference.unknown-root', 'reference.unknown-root', 'reference.unknown-root'],
    ],
    [
      'an unknown field of the trigger',
      withSteps('{ "id": "a", "use": "log", "with": { "v": "{{ trigger.¶boddy.x }}" } }'),
      ['reference.unknown-field'],
    ],
    [
      'an unknown step',
      withSteps(contact, '{ "id": "a", "use": "log", "with": { "v": "{{ steps.¶contcat.id }}" } }'),
      ['reference.unknown-step'],
    ],
    [
      'a step that comes later',
      withSteps('{ "id": "a", "use": "log", "with": { "v": "{{ steps.¶b.id }}" } },', '{ "id": "b", "use": "log" }'),
      ['reference.not-before'],
    ],
    ['a step reading itself', withSteps('{ "id": "a", "use": "log", "with": { "v": "{{ steps.¶a.id }}" } }'), ['reference.not-before']],
    [
      'a step in a branch that may not have run',
      withSteps(
        '{ "id": "i", "if": true, "then": [ { "id": "b", "use": "log" } ] },',
        '{ "id": "a", "use": "log", "with": { "v": "{{ steps.¶b.x ?? 1 }}" } }',
      ),
      ['reference.not-before'],
    ],
    [
      'a step of the other branch',
      withSteps(
        '{ "id": "i", "if": true, "then": [ { "id": "b", "use": "log" } ],',
        '"else": [ { "id": "a", "use": "log", "with": { "v": "{{ steps.¶b.x }}" } } ] }',
      ),
      ['reference.not-before'],
    ],
    [
      'a step without output',
      withSteps('{ "id": "i", "if": true, "then": [] },', '{ "id": "a", "use": "log", "with": { "v": "{{ steps.¶i.x }}" } }'),
      ['reference.no-output'],
    ],
    [
      'a field that the output does not have',
      withSteps(
        contact,
        '{ "id": "a", "use": "log",',
        '"with": { "v": "{{ steps.contact.¶ids }} {{ steps.contact.id.¶x }} {{ steps.contact.tags.¶nam }}" } }',
      ),
      ['reference.unknown-field', 'reference.unknown-field', 'reference.unknown-field'],
    ],
    [
      'a name that was not set',
      withSteps('{ "id": "vars", "set": { "name": 1 } },', '{ "id": "a", "use": "log", "with": { "v": "{{ steps.vars.¶nme }}" } }'),
      ['reference.unknown-field'],
    ],
    [
      'a step that may have been skipped',
      withSteps(
        '{ "id": "b", "when": "{{ trigger.body.x }}", "use": "log" },',
        '{ "id": "a", "use": "log", "with": { "v": "{{ steps.¶b.x }}" } }',
      ),
      ['reference.may-be-missing'],
    ],
    [
      'a step that may have failed',
      withSteps('{ "id": "b", "onError": "continue", "use": "log" },', '{ "id": "a", "use": "log", "with": { "v": "{{ steps.¶b.x }}" } }'),
      ['reference.may-be-missing'],
    ],
    [
      'the error of a step that may have succeeded, without asking',
      withSteps(...mayFail.slice(0, 1).map(([, step]) => step), tell('steps.¶x.error.message')),
      ['reference.may-be-missing'],
    ],
    [
      'the error of a step that ends the run when it fails',
      withSteps(contact, `${tell('steps.contact.¶error.message', '"when": "{{ $exists(steps.contact.¶error) }}",')}`),
      ['reference.unknown-field', 'reference.unknown-field'],
    ],
    [
      'the output of a step that has none but its error',
      withSteps(...mayFail.slice(1, 2).map(([, step]) => step), tell('steps.x.¶id')),
      ['reference.unknown-field'],
    ],
    [
      'what a step gave where only its size was asked, and where that does not hold',
      withSteps(
        contact.replace('"id": "contact"', '"id": "x", "onError": "continue"'),
        `{ "id": "i", "if": "{{ steps.x.id > 1 }}", "then": [], "else": [ ${tell('steps.¶x.id')} ] }`,
      ),
      ['reference.may-be-missing'],
    ],
    [
      'a step that may not have run before onError',
      withKeys('"onError": [ { "id": "x", "use": "log", "with": { "v": "{{ steps.¶contact.id }}" } } ]').replace('[]', `[ ${contact} ]`),
      ['reference.may-be-missing'],
    ],
    [
      'steps behind a stop',
      withSteps(
        '{ "id": "i", "if": true, "then": [ { "id": "s", "stop": { "as": "failed" } } ], "else": [ { "id": "t",',
        '"stop": { "as": "succeeded" } } ] },',
        '{ "id": ¶"a", "use": "log" }',
      ),
      ['flow.unreachable'],
    ],
    [
      'an expression as a key',
      withSteps('{ "id": "a", "use": "log", "with": { ¶"{{ trigger.id }}": 1 } }'),
      ['flow.expression-not-allowed'],
    ],
    [
      'a body field that a closed schema excludes',
      withTrigger(
        '{ "type": "webhook", "schema": { "type": "object", "properties": { "id": {} },',
        '"additionalProperties": false }, "when": "{{ trigger.body.¶idd }}" }',
      ),
      ['reference.unknown-field'],
    ],
  ])('%s', (_name, source, codes) => {
    const { text, places } = marked(source);
    expect(found(text)).toEqual(codes.map((code, index) => `${places[index]} ${code}`));
  });

  it('everything at once, in file order', () => {
    const source = withSteps(
      '¶{ "id": "a", "usee": "log" },',
      '{ "id": "b", "use": ¶"logg", "with": { "v": "{{ steps.a.x }} {{ steps.¶q }}" } },',
      '{ "id": ¶"b", "stop": { "as": ¶"never" } }',
    );
    const { text, places } = marked(`${source} ¶x`);
    const codes = ['no-step-kind', 'unknown', 'unknown-step', 'duplicate-step', 'bad-value', 'syntax'];
    expect(found(text)).toEqual(codes.map((code, index) => expect.stringMatching(`^${places[index]} [a-z]+\\.${code}$`)));
  });

  it('an id that is not the name of the file', () => {
    expect(found(withSteps(), { flowId: 'g' })).toEqual(['1:22 flow.id-differs']);
  });

  it('nothing about values and schemas where code may not be generated', () => {
    const text = withSteps('{ "id": "a", "use": "slack.send-message", "with": { "text": 1, "txt": 2 } }');
    expect(found(text, { checkSchemas: false })).toEqual(['2:64 component.unknown-prop']);
  });
});

it.each([null, 5, {}, [null]])(
  'a schema of a trigger whose type is %j is told so, and what reads its values is checked all the same',
  (type) => {
    const trigger = { type: 'call', input: { type, properties: { x: { type } } } };
    const steps = [{ id: 'a', use: 'log', with: { message: '{{ trigger.body.x.y }}' } }];
    const { problems } = checkFlow(JSON.stringify({ format: 1, id: 'f', trigger, steps }), options);
    expect(problems.map(({ path }) => path)).toContainEqual(expect.stringMatching(/^\/trigger\/input/));
    expect(problems.filter(({ path }) => !path.startsWith('/trigger/input'))).toEqual([]);
  },
);

it('names the props of which one will do', () => {
  const { problems } = checkFlow(withSteps('{ "id": "a", "use": "slack.update-message", "with": {} }').replace('¶', ''), options);
  expect(problems.map(({ message }) => message)).toEqual(['`with` needs `text` or `blocks`.']);
});

describe('messages say what to do', () => {
  it.each([
    [withKeys('"stepps": []'), 'A flow has no key `stepps`. Did you mean `steps`?'],
    [
      withSteps('{ "id": "a", "use": "slack.delete-everything-now" }'),
      'There is no component `slack.delete-everything-now`. `slack` has `slack.send-message`, `slack.update-message`.',
    ],
    [
      withSteps(contact.replace('"credential": "hubspot"', '"credential": "unset"')),
      'The credential `unset` needs the environment variable HUBSPOT_TOKEN; set it and start again.',
    ],
    [
      withSteps(contact, '{ "id": "a", "use": "log", "with": { "v": "{{ steps.contcat.id }}" } }'),
      'There is no step `contcat`. Did you mean `contact`?',
    ],
    ['{ "format": 2 }', 'This file is of format 2, and this version of Millrace reads format 1; update Millrace.'],
    [
      withSteps('{ "id": "a", "use": "slack.send-message", "with": { "text": "", "mode": "plan" } }'),
      '`with.mode` must be one of plain, rich; did you mean plain?',
    ],
    [
      withSteps('{ "id": "a", "when": "trigger.body.x", "use": "log" }'),
      'A condition is one whole expression; write `{{ trigger.body.x }}`.',
    ],
    [
      withSteps('{ "id": "a", "when": "{{ trigger.body.x }} > {{ trigger.body.y }}", "use": "log" }'),
      'A condition is one whole expression; write `{{ trigger.body.x > trigger.body.y }}`.',
    ],
  ])('in %s', (text, message) => {
    expect(checkFlow(text, options).problems.map((problem) => problem.message)).toContain(message);
  });

  it('as compilers print them', () => {
    expect(formatProblems('flows/f.json', parseFlow(withKeys('"stepps": []')).problems)).toBe(
      'flows/f.json:2:1: error flow.unknown-key A flow has no key `stepps`. Did you mean `steps`?',
    );
  });
});
