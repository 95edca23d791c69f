import { marked, withKeys, withSteps } from '../../../test/support/marked-flow.js';
import { checkFlow, flowInfo, formatProblems, parseFlow } from '../index.js';
import type { CheckOptions, FlowInfo } from '../index.js';
import type { Component, JsonSchema } from '@millrace/component-sdk';

function component(name: string, output?: JsonSchema): [string, Component] {
  return [name, { name, title: name, props: { type: 'object' }, output, run: () => undefined }];
}

const orders = { type: 'array', items: { type: 'object', properties: { sku: {} } } } as const;

const options: CheckOptions = {
  components: new Map([
    component('log'),
    component('shop.list-orders', { type: 'object', properties: { orders } }),
    component('shop.get-order', { type: 'object', properties: { total: { type: 'number' } } }),
  ]),
  credentials: new Map([
    ['approver', { type: 'hmac' }],
    ['address', { type: 'api-key', in: 'url' }],
    ['login', { type: 'oauth2' }],
    ['office', { type: 'basic' }],
  ]),
  flows: new Map<string, FlowInfo>([
    ['enrich', { trigger: 'call', calls: [] }],
    ['hooked', { trigger: 'webhook', calls: ['enrich'] }],
    ['back', { trigger: 'call', calls: ['enrich', 'further'] }],
    ['further', { trigger: 'call', calls: ['further', 'f'] }],
  ]),
};

/** A `log` step that reads an expression. */
function log(id: string, expression: string): string {
  return `{ "id": "${id}", "use": "log", "with": { "v": "{{ ${expression} }}" } }`;
}

const each = (inner: string, more = ''): string => `{ "id": "each", "forEach": "{{ trigger.body.items }}", ${more} "steps": [ ${inner} ] }`;
/** Rounds of `inner` and of a step `page`, while an expression holds. */
const rounds = (inner: string, goesOn: string): string =>
  `{ "id": "pages", "while": "{{ ${goesOn} }}", "repeat": [ ${inner && `${inner},`} { "id": "page", "use": "shop.get-order" } ] }`;
const approval = '{ "id": "approval", "wait": { "webhook": {} } }';

/** A step before a wait that sends its URL. */
const sent = (id: string): string => `${log(`${id}sent`, `resume.${id}.url`)},`;

const ask = (parts = '"title": "Well?", "answers": { "yes": "Yes" }'): string =>
  `${sent('e')} { "id": "e", "wait": { "webhook": { "ask": { ${parts} } } } }`;

function problems(source: string): { found: string[]; places: string[] } {
  const { text, places } = marked(source);
  return { found: checkFlow(text, options).problems.map(({ line, column, code }) => `${line}:${column} ${code}`), places };
}

describe('checkFlow finds nothing in', () => {
  it.each<[string, string]>([
    ['loops', withSteps(each(log('a', 'item.sku & index'), '"as": "item", "concurrency": 5, "onItemError": "continue",'))],
    ['rounds that follow each other', withSteps(rounds(log('a', 'previous.total ?? index'), 'steps.page.total'))],
    [
      'the round before where it was asked for',
      withSteps(rounds(log('a', 'previous.total').replace('{', '{ "when": "{{ $exists(previous) }}",'), 'steps.page.total')),
    ],
    ['rounds as one list behind them', withSteps(`${rounds('', 'steps.page.total')},`, log('b', 'steps.pages.total'))],
    ['a loop over a list', withSteps('{ "id": "each", "forEach": [1, "{{ trigger.id }}"], "steps": [] }')],
    ['a loop that reads steps before it', withSteps(`{ "id": "s", "set": { "x": 1 } },`, each(log('a', 'steps.s.x')))],
    [
      'an inner loop that reads the outer item',
      withSteps(
        each(`{ "id": "inner", "forEach": "{{ line.parts }}", "steps": [ ${log('a', 'line.sku & item.name')} ] }`, '"as": "line",'),
      ),
    ],
    ['the list that a loop gives', withSteps(`${each('{ "id": "s", "set": { "x": 1 } }')},`, log('a', 'steps.each[0].x & steps.each.x'))],
    [
      'parallel branches',
      withSteps(
        '{ "id": "both", "onBranchError": "wait-all", "parallel": { "crm": [ { "id": "s", "set": { "x": 1 } } ], "chat": [] } },',
        log('a', 'steps.both.crm.x & steps.both.chat'),
      ),
    ],
    [
      'try, and what catch and finally see',
      withSteps(
        `{ "id": "safe", "try": [ ${log('a', 'trigger.id')} ], "on": ["http.4xx", "timeout", "slack.*"],`,
        `"catch": [ ${log('b', 'error.code & (steps.a.x ?? 1)')} ], "finally": [ ${log('c', '(steps.a.x ?? 1) & (steps.b.x ?? 2)')} ] }`,
      ),
    ],
    [
      'an outer error in the finally of an inner try',
      withKeys(`"onError": [ { "id": "t", "try": [], "finally": [ ${log('a', 'error.message')} ] } ]`),
    ],
    [
      'waits',
      withSteps(
        '{ "id": "a", "wait": { "for": "10m" } }, { "id": "b", "wait": { "for": "{{ trigger.body.pause }}" } },',
        '{ "id": "c", "wait": { "until": "2030-01-31T09:00:00+01:00" } }, { "id": "d", "wait": { "until": "{{ trigger.body.at }}" } },',
        sent('e'),
        '{ "id": "e", "wait": { "webhook": { "credential": "approver", "timeout": "3d", "x-note": 1 } } },',
        log('z', 'steps.a.until & steps.e.anything.at.all'),
      ),
    ],
    [
      'a wait for a body of a schema',
      withSteps(
        sent('e'),
        '{ "id": "e", "wait": { "webhook": { "schema": { "properties": { "amount": { "type": "number" }, "note": {} } } } } },',
        log('z', 'steps.e.amount & steps.e.note.at.all'),
      ),
    ],
    [
      'a wait for any body, by a schema that says so',
      withSteps(sent('e'), `{ "id": "e", "wait": { "webhook": { "schema": true } } }, ${log('z', 'steps.e.a.b')}`),
    ],
    [
      'a question to a person',
      withSteps(
        sent('e'),
        `{ "id": "e", "wait": { "webhook": { "credential": "office", "ask": { "title": "Refund {{ trigger.body.amount }}?", "text": "{{ trigger.body.why }}\\nNow.",`,
        `"answers": { "approve": "Approve", "decline": "Decline" }, "comment": "Why?", "x-note": 1 } } } },`,
        log('z', "steps.e.answer = 'approve' ? steps.e.comment ?? 'none' : ''"),
      ),
    ],
    ['a resume URL before its step waits', withSteps(`${log('a', 'resume.approval.url')},`, approval)],
    [
      'a resume URL inside the loop of its step',
      withSteps(each(`{ "id": "i", "if": true, "then": [ ${log('a', 'resume.approval.url')} ] }, ${approval}`)),
    ],
    ['an outer resume URL inside a loop', withSteps(`${each(log('a', 'resume.approval.url'))}, ${approval}`)],
    [
      'calls',
      withSteps(
        '{ "id": "a", "call": "enrich", "input": { "x": "{{ trigger.body.x }}" }, "retry": { "deadline": "1h" } },',
        '{ "id": "b", "call": "hooked", "await": false },',
        log('c', 'steps.a.anything & steps.b.runId'),
      ),
    ],
    ['respond', withSteps('{ "id": "r", "respond": { "status": 201, "headers": { "x-a": "{{ trigger.id }}" }, "body": { "ok": true } } }')],
    ['respond with a computed status', withSteps('{ "id": "r", "respond": { "status": "{{ trigger.body.status }}" } }')],
    [
      'one answer per branch',
      withSteps('{ "id": "i", "if": true, "then": [ { "id": "a", "respond": {} } ], "else": [ { "id": "b", "respond": {} } ] }'),
    ],
    [
      'an answer in try and one in catch',
      withSteps('{ "id": "t", "try": [ { "id": "a", "respond": {} } ], "catch": [ { "id": "b", "respond": {} } ] }'),
    ],
    [
      'an answer behind a branch that answers and stops',
      withSteps(
        '{ "id": "i", "if": true, "then": [ { "id": "a", "respond": {} }, { "id": "s", "stop": { "as": "failed" } } ] },',
        '{ "id": "b", "respond": {} }',
      ),
    ],
    ['onError on every kind', withSteps(`${each('', '"onError": "continue",')},`, '{ "id": "s", "set": {}, "onError": "fail" }')],
    [
      'all settings of use',
      withSteps('{ "id": "a", "use": "log", "retry": { "deadline": "10m" }, "timeout": "1s", "onError": "fail", "onCrash": "stop" }'),
    ],
  ])('%s', (_name, text) => {
    expect(formatProblems('f.json', checkFlow(text, options).problems)).toBe('');
  });
});

describe('checkFlow reports, at the marks,', () => {
  it.each<[string, string, string[]]>([
    [
      'a value of the round before without a default',
      withSteps(rounds(log('a', '¶previous.total'), 'steps.page')),
      ['reference.may-be-missing'],
    ],
    [
      'a field that rounds do not give',
      withSteps(rounds(log('a', 'previous.¶totl ?? 0'), 'steps.page.¶totl')),
      ['reference.unknown-field', 'reference.unknown-field'],
    ],
    ['the round before, where it is asked about the next', withSteps(rounds('', '¶previous.total')), ['reference.unknown-root']],
    ['a condition in braces that nothing changes', withSteps('{ "id": "r", "repeat": [], "while": ¶"{{ true }}" }'), ['flow.bad-value']],
    ['a round called by a kind that is none', withSteps('¶{ "id": "r", "while": "{{ index < 2 }}", "steps": [] }'), ['flow.no-step-kind']],
    ['the round before outside', withSteps(log('a', '¶previous.x ?? 1')), ['reference.unknown-root']],
    [
      'a step of a round outside',
      withSteps(`${rounds('', 'steps.page.total')},`, log('b', 'steps.¶page.total')),
      ['reference.outside-loop'],
    ],
    ['a condition that nothing changes', withSteps('{ "id": "r", "repeat": [], "while": ¶true }'), ['flow.bad-value']],
    ['rounds without a condition', withSteps('¶{ "id": "r", "repeat": [] }'), ['flow.missing-key']],
    ['too many rounds', withSteps('{ "id": "r", "repeat": [], "while": "{{ index < 2 }}", "limit": ¶10001 }'), ['flow.bad-value']],
    ['a loop over text', withSteps('{ "id": "e", "forEach": ¶"items: {{ trigger.body.items }}", "steps": [] }'), ['flow.bad-value']],
    ['a loop over a number', withSteps('{ "id": "e", "forEach": ¶3, "steps": [] }'), ['flow.wrong-type']],
    ['a loop without steps', withSteps('¶{ "id": "e", "forEach": [] }'), ['flow.missing-key']],
    ['an item with a name that is taken', withSteps(each('', '"as": ¶"steps",')), ['flow.bad-value']],
    ['an item with a word of the language', withSteps(each('', '"as": ¶"and",')), ['flow.bad-value']],
    ['an item with a bad name', withSteps(each('', '"as": ¶"Order-Line",')), ['flow.bad-id']],
    ['bad loop settings', withSteps(each('', '"concurrency": ¶0, "onItemError": ¶"skip",')), ['flow.bad-value', 'flow.bad-value']],
    [
      'item and index outside a loop',
      withSteps(`${each('')},`, log('a', '¶item.x & ¶index')),
      ['reference.unknown-root', 'reference.unknown-root'],
    ],
    ['the usual name of a renamed item', withSteps(each(log('a', '¶item.x'), '"as": "line",')), ['reference.unknown-root']],
    [
      'an item in the list it comes from',
      withSteps('{ "id": "e", "forEach": "{{ ¶item.parts }}", "steps": [] }'),
      ['reference.unknown-root'],
    ],
    [
      'a step inside a loop, read behind it',
      withSteps(`${each('{ "id": "s", "set": { "x": 1 } }')},`, log('a', 'steps.¶s.x ?? 1')),
      ['reference.outside-loop'],
    ],
    [
      'a field that the items do not have',
      withSteps(
        '{ "id": "o", "use": "shop.list-orders" },',
        `{ "id": "e", "forEach": "{{ steps.o.orders }}", "steps": [ ${log('a', 'item.¶skuu')} ] }`,
      ),
      ['reference.unknown-field'],
    ],
    [
      'a field that no entry of a loop has',
      withSteps(`${each('{ "id": "o", "use": "shop.get-order" }')},`, log('a', 'steps.each.¶totl')),
      ['reference.unknown-field'],
    ],
    [
      'a step inside a loop, read in onError',
      withKeys(`"onError": [ ${log('a', 'steps.¶s.x ?? 1')} ]`).replace('[]', `[ ${each('{ "id": "s", "set": { "x": 1 } }')} ]`),
      ['reference.outside-loop'],
    ],
    ['parallel without branches', withSteps('{ "id": "p", "parallel": ¶{} }'), ['flow.bad-value']],
    ['a branch with a bad name', withSteps('{ "id": "p", "parallel": { ¶"The CRM": [] } }'), ['flow.bad-id']],
    [
      'a branch that is no list',
      withSteps('{ "id": "p", "parallel": { "crm": ¶{} }, "onBranchError": ¶"wait" }'),
      ['flow.wrong-type', 'flow.bad-value'],
    ],
    [
      'a step of another branch',
      withSteps(
        `{ "id": "p", "parallel": { "a": [ { "id": "s", "set": { "x": 1 } } ], "b/c": [], "b": [ ${log('l', 'steps.¶s.x ?? 1')} ] } }`,
      ).replace('"b/c": [], ', ''),
      ['reference.not-before'],
    ],
    [
      'a branch that does not exist',
      withSteps('{ "id": "p", "parallel": { "crm": [] } },', log('a', 'steps.p.¶crmm')),
      ['reference.unknown-field'],
    ],
    [
      'a problem inside a branch with a strange name',
      withSteps('{ "id": "p", "parallel": { ¶"a/b~c": [ { "id": "s", "use": ¶"logg" } ] } }'),
      ['flow.bad-id', 'component.unknown'],
    ],
    ['try alone', withSteps('¶{ "id": "t", "try": [] }'), ['flow.missing-key']],
    ['on without catch', withSteps('{ "id": "t", "try": [], ¶"on": ["timeout"], "finally": [] }'), ['flow.key-no-effect']],
    [
      'codes that are none',
      withSteps('{ "id": "t", "try": [], "catch": [], "on": [¶"HTTP 429", "http.4xx", ¶429] }'),
      ['flow.bad-value', 'flow.wrong-type'],
    ],
    ['an empty list of codes', withSteps('{ "id": "t", "try": [], "catch": [], "on": ¶[] }'), ['flow.bad-value']],
    [
      'error outside catch',
      withSteps(
        `{ "id": "t", "try": [ ${log('a', '¶error.code')} ], "catch": [], "finally": [ ${log('b', '¶error.code')} ] },`,
        log('c', '¶error.code'),
      ),
      ['reference.unknown-root', 'reference.unknown-root', 'reference.unknown-root'],
    ],
    [
      'a field that error does not have',
      withSteps(`{ "id": "t", "try": [], "catch": [ ${log('a', 'error.¶codee')} ] }`),
      ['reference.unknown-field'],
    ],
    [
      'steps of try without a default in catch',
      withSteps(`{ "id": "t", "try": [ { "id": "s", "set": { "x": 1 } } ], "catch": [ ${log('a', 'steps.¶s.x')} ] }`),
      ['reference.may-be-missing'],
    ],
    [
      'steps of catch in try',
      withSteps(`{ "id": "t", "try": [ ${log('a', 'steps.¶s.x ?? 1')} ], "catch": [ { "id": "s", "set": { "x": 1 } } ] }`),
      ['reference.not-before'],
    ],
    [
      'steps of try behind it',
      withSteps('{ "id": "t", "try": [ { "id": "s", "set": { "x": 1 } } ], "catch": [] },', log('a', 'steps.¶s.x ?? steps.¶t')),
      ['reference.not-before', 'reference.no-output'],
    ],
    ['a wait for nothing', withSteps('{ "id": "w", "wait": ¶{} }'), ['flow.missing-key']],
    ['a wait for two things', withSteps('{ "id": "w", "wait": ¶{ "for": "1m", "webhook": {} } }'), ['flow.conflicting-keys']],
    [
      'bad times to wait',
      withSteps(
        '{ "id": "a", "wait": { "for": ¶"soon" } }, { "id": "b", "wait": { "until": ¶"tomorrow" } }, { "id": "c", "wait": { "until": ¶"2030-01-31T09:00" } }, { "id": "d", "wait": { "until": ¶"2030-13-31T09:00:00Z" } }',
      ),
      ['flow.bad-value', 'flow.bad-value', 'flow.bad-value', 'flow.bad-value'],
    ],
    [
      'a wait with an unknown key',
      withSteps(sent('w'), '{ "id": "w", "wait": { "webhook": { ¶"credentials": "x" } } }'),
      ['flow.unknown-key'],
    ],
    [
      'what a body of its schema does not have',
      withSteps(
        sent('e'),
        `{ "id": "e", "wait": { "webhook": { "schema": { "properties": { "amount": {} } } } } }, ${log('z', 'steps.e.¶total')}`,
      ),
      ['reference.unknown-field'],
    ],
    [
      'a schema that is none',
      withSteps(sent('e'), '{ "id": "e", "wait": { "webhook": { "schema": { "properties": { "a": { "type": ¶"text" } } } } } }'),
      ['flow.bad-schema'],
    ],
    ['a schema that is a text', withSteps(sent('e'), '{ "id": "e", "wait": { "webhook": { "schema": ¶"object" } } }'), ['flow.wrong-type']],
    ['what an answer does not have', withSteps(`${ask()}, ${log('z', 'steps.e.¶comment')}`), ['reference.unknown-field']],
    [
      'a question beside a schema',
      withSteps('{ "id": "e", "wait": { "webhook": ¶{ "schema": {}, "ask": { "title": "Well?", "answers": { "yes": "Yes" } } } } }'),
      ['flow.conflicting-keys'],
    ],
    ['a question that asks nothing', withSteps(ask('"answers": { "yes": "Yes" }').replace('"ask": {', '"ask": ¶{')), ['flow.missing-key']],
    ['a question without any answer', withSteps(ask('"title": "Well?"').replace('"ask": {', '"ask": ¶{')), ['flow.missing-key']],
    ['an empty question', withSteps(ask('"title": ¶" ", "answers": { "yes": "Yes" }')), ['flow.bad-value']],
    ['a question without answers', withSteps(ask('"title": "Well?", "answers": ¶{}')), ['flow.bad-value']],
    [
      'a question with too many answers',
      withSteps(ask(`"title": "Well?", "answers": ¶{ ${Array.from({ length: 11 }, (_, n) => `"a${n}": "A"`).join()} }`)),
      ['flow.bad-value'],
    ],
    [
      'answers that steps cannot compare, and labels that no button has room for',
      withSteps(
        ask(`"title": "Well?", "answers": { ¶"Not now": "Later", ¶"${'a'.repeat(41)}": "A", "no": ¶"", "yes": ¶"${'y'.repeat(61)}" }`),
      ),
      ['flow.bad-id', 'flow.bad-value', 'flow.bad-value', 'flow.bad-value'],
    ],
    [
      'labels that would have to be evaluated',
      withSteps(ask('"title": "Well?", "answers": { "yes": ¶"Yes, {{ trigger.body.name }}" }, "comment": ¶"{{ trigger.body.name }}"')),
      ['flow.expression-not-allowed', 'flow.expression-not-allowed'],
    ],
    [
      'a question about what is not there',
      withSteps(ask('"title": "Refund {{ ¶triger.body.amount }}?", "text": "{{ steps.¶later.x }}", "answers": { "yes": "Yes" }')),
      ['reference.unknown-root', 'reference.unknown-step'],
    ],
    [
      'credentials that no browser can show',
      withSteps(
        sent('e'),
        '{ "id": "e", "wait": { "webhook": { "credential": ¶"approver", "ask": { "title": "Well?", "answers": { "yes": "Yes" } } } } }',
      ),
      ['credential.wrong-type'],
    ],
    [
      'credentials that cannot verify who resumes',
      withSteps(
        ...['address', 'login', 'nobody'].map(
          (name, index) =>
            `${sent(`w${index}`)} { "id": "w${index}", "wait": { "webhook": { "credential": ¶"${name}" } } }${index < 2 ? ',' : ''}`,
        ),
      ),
      ['credential.wrong-type', 'credential.wrong-type', 'credential.unknown'],
    ],
    ['a resume URL of no step', withSteps(`${log('a', 'resume.¶aproval.url')},`, approval), ['reference.unknown-step']],
    [
      'a resume URL of a step that waits for a time',
      withSteps(`${log('a', 'resume.¶w.url')},`, '{ "id": "w", "wait": { "for": "1m" } }'),
      ['reference.no-resume'],
    ],
    [
      'a resume URL outside the loop of its step',
      withSteps(`${each(approval)},`, log('a', 'resume.¶approval.url')),
      ['reference.outside-loop'],
    ],
    [
      'a resume URL of another loop',
      withSteps(`${each(approval)},`, `{ "id": "other", "forEach": [], "steps": [ ${log('a', 'resume.¶approval.url')} ] }`),
      ['reference.outside-loop'],
    ],
    ['more of a resume URL than there is', withSteps(`${log('a', 'resume.approval.¶uri')},`, approval), ['reference.unknown-field']],
    ['a call by an expression', withSteps('{ "id": "c", "call": ¶"{{ trigger.body.flow }}" }'), ['flow.bad-id']],
    ['a call to no flow', withSteps('{ "id": "c", "call": ¶"enrch" }'), ['call.unknown-flow']],
    ['a call to itself', withSteps('{ "id": "c", "call": ¶"f" }'), ['call.cycle']],
    ['a call that leads back', withSteps('{ "id": "c", "call": ¶"back", "await": false }'), ['call.cycle']],
    [
      'fields of a call that is not awaited',
      withSteps('{ "id": "c", "call": "enrich", "await": false },', log('a', 'steps.c.¶output')),
      ['reference.unknown-field'],
    ],
    [
      'bad answers',
      withSteps('{ "id": "r", "respond": { "status": ¶99, "headers": { ¶"a b": "", ¶"Content-Length": "1", "x": ¶1 }, ¶"boddy": 1 } }'),
      ['flow.bad-value', 'flow.bad-value', 'flow.bad-value', 'flow.wrong-type', 'flow.unknown-key'],
    ],
    ['a status in mixed text', withSteps('{ "id": "r", "respond": { "status": ¶"2{{ trigger.body.x }}" } }'), ['flow.bad-value']],
    ['the output of an answer', withSteps('{ "id": "r", "respond": {} },', log('a', 'steps.¶r.x')), ['reference.no-output']],
    [
      'two answers in a row',
      withSteps('{ "id": "a", "when": "{{ trigger.body.x }}", "respond": {} },', '{ "id": "b", ¶"respond": {} }'),
      ['flow.second-respond'],
    ],
    [
      'an answer behind a branch that has answered',
      withSteps(
        '{ "id": "i", "if": true, "then": [ { "id": "a", "respond": {} } ] },',
        '{ "id": "j", "if": true, "then": [ { "id": "b", ¶"respond": {} } ] }',
      ),
      ['flow.second-respond'],
    ],
    [
      'answers in two parallel branches',
      withSteps('{ "id": "p", "parallel": { "a": [ { "id": "r", "respond": {} } ], "b": [ { "id": "q", ¶"respond": {} } ] } }'),
      ['flow.second-respond'],
    ],
    [
      'an answer in finally, after one in catch',
      withSteps('{ "id": "t", "try": [], "catch": [ { "id": "r", "respond": {} } ], "finally": [ { "id": "q", ¶"respond": {} } ] }'),
      ['flow.second-respond'],
    ],
    ['an answer in a loop', withSteps(each('{ "id": "r", ¶"respond": {} }')), ['flow.second-respond']],
    [
      'settings without effect',
      withSteps(
        '{ "id": "a", "if": true, "then": [], "retry": {}, "timeout": "1s", ¶"onCrash": "stop" },',
        '{ "id": "b", "call": "enrich", "retry": {}, "timeout": "1s", ¶"onCrash": "stop" },',
        '{ "id": "c", "set": {}, ¶"timeout": "1m", ¶"retry": {} }',
      ),
      ['flow.key-no-effect', 'flow.key-no-effect', 'flow.key-no-effect', 'flow.key-no-effect'],
    ],
    [
      'steps that never run',
      withSteps(
        '{ "id": "p", "parallel": { "a": [ { "id": "s", "stop": { "as": "succeeded" } }, { "id": ¶"b", "use": "log" } ] } },',
        '{ "id": ¶"c", "try": [ { "id": "t", "stop": { "as": "failed" } } ], "catch": [ { "id": "u", "stop": { "as": "failed" } } ] },',
        '{ "id": "d", "use": "log" }',
      ),
      ['flow.unreachable', 'flow.unreachable'],
    ],
    [
      'steps behind a try that always ends',
      withSteps(
        '{ "id": "c", "try": [ { "id": "t", "stop": { "as": "failed" } } ], "catch": [ { "id": "u", "stop": { "as": "failed" } } ] },',
        '{ "id": ¶"d", "use": "log" }',
      ),
      ['flow.unreachable'],
    ],
  ])('%s', (_name, source, codes) => {
    const { found, places } = problems(source);
    expect(found).toEqual(codes.map((code, index) => `${places[index]} ${code}`));
  });

  it('nothing behind a try that may go on', () => {
    const stop = '{ "id": "t", "stop": { "as": "failed" } }';
    for (const text of [
      `"try": [ ${stop} ], "catch": []`,
      `"try": [ ${stop} ], "finally": [], "onError": "continue"`,
      `"try": [], "catch": [ ${stop} ]`,
    ]) {
      expect(problems(withSteps(`{ "id": "c", ${text} },`, '{ "id": "d", "use": "log" }')).found).toEqual([]);
    }
  });
});

describe('flowInfo', () => {
  it('names every flow that is called, wherever, once', () => {
    const { flow } = parseFlow(
      withSteps(
        `${each('{ "id": "a", "call": "enrich" }, { "id": "b", "call": "enrich" }')},`,
        '{ "id": "t", "try": [ { "id": "c", "call": "hooked" } ], "catch": [] } ], "onError": [ { "id": "d", "call": "back" }',
      ),
    );
    expect(flow && flowInfo(flow)).toEqual({ trigger: 'webhook', calls: ['enrich', 'hooked', 'back'] });
  });
});

describe('messages say what to do', () => {
  it.each([
    [withSteps('{ "id": "c", "call": "enrch" }'), 'There is no flow `enrch`. Did you mean `enrich`?'],
    [withSteps('{ "id": "c", "call": "back" }'), 'This never ends: `f` calls `back` calls `further` calls `f`; remove one of these calls.'],
    [
      withSteps(`${log('a', 'resume.aproval.url')},`, approval),
      'There is no step `aproval` that waits for a webhook. Did you mean `approval`?',
    ],
    [withSteps(log('a', 'resume.a.url')), 'The step `a` does not wait for a webhook. No step of this flow does.'],
    [
      withSteps(each(log('a', 'item.x'), '"as": "line",')),
      'There is no `item` here. Known: `trigger`, `flow`, `run`, `line`, `index`, `steps`, `resume`.',
    ],
    [withSteps('{ "id": "a", "set": {}, "onCrash": "stop" }'), '`onCrash` has no effect on a step with `set`; it belongs to `use`.'],
    [
      withSteps('{ "id": "a", "set": {}, "retry": {} }'),
      '`retry` has no effect on a step with `set`; it belongs to `use`, `if`, `switch`, `forEach`, `repeat`, `parallel`, `try`, `call`.',
    ],
    [
      withSteps(
        '{ "id": "w", "wait": { "webhook": { "credential": "approver", "ask": { "title": "Well?", "answers": { "yes": "Yes" } } } } }',
      ),
      'A person answers in a browser, which can say a name and a password and nothing else; `approver` is of type `hmac`. Use one of type `basic`, or none: the URL cannot be guessed.',
    ],
    [
      withSteps('{ "id": "w", "wait": { "webhook": { "schema": {}, "ask": { "title": "Well?", "answers": { "yes": "Yes" } } } } }'),
      'The answers of `ask` say what is taken; remove `schema`, or wait without `ask`.',
    ],
    [withSteps('{ "id": "a", "fourEach": [], "steps": [] }'), expect.stringContaining('Did you mean `forEach`?')],
    [withSteps('{ "id": "a", "respond": {} },', '{ "id": "b", "respond": {} }'), 'A caller gets one answer: `a` has answered by now.'],
  ])('in %s', (text, message) => {
    expect(checkFlow(text, options).problems.map((problem) => problem.message)).toContainEqual(message);
  });

  it('and takes every flow to exist where none are known', () => {
    expect(checkFlow(withSteps('{ "id": "c", "call": "anything" }'), { ...options, flows: undefined }).problems).toEqual([]);
  });
});
