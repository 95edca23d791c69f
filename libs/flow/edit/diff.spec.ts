import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { writtenFlow } from '../../../test/support/flow-texts.js';
import { diffFlows } from './diff.js';
import { deleteSteps, duplicateStep, insertStep, moveStep, renameStep, setProperty } from './index.js';
import type { EditResult } from './index.js';

const FLOW = `{
  "format": 1,
  "id": "orders",
  "trigger": { "type": "webhook", "limit": "1mb" },
  "steps": [
    // the customer
    { "id": "contact", "use": "hubspot.upsert-contact", "with": { "email": "{{ trigger.body.email }}" } },
    { "id": "big", "if": "{{ trigger.body.n > 1 }}", "then": [{ "id": "tell", "use": "log", "with": { "message": "{{ steps.contact.id }}" } }] },
    { "id": "done", "stop": { "as": "succeeded" } }
  ]
}`;

function text(result: EditResult): string {
  if (!result.ok) throw new Error(result.problem.message);
  return result.text;
}

const words = (to: string, from = FLOW): (readonly [string | undefined, readonly string[]])[] =>
  diffFlows(from, to).changes.map((change) => [change.id ?? change.of, change.words]);

describe('the difference between two texts', () => {
  it('is nothing for the same text, and layout for one that means the same', () => {
    expect(diffFlows(FLOW, FLOW)).toEqual({ same: true, layoutOnly: false, unreadable: false, changes: [] });
    expect(diffFlows(FLOW, FLOW.replace('// the customer', ''))).toMatchObject({ same: false, layoutOnly: true, changes: [] });
  });

  it('names a field with what it was and what it is', () => {
    const to = text(setProperty(FLOW, { step: 'contact', pointer: '/with/email', value: 'x@y' }));
    expect(diffFlows(FLOW, to).changes).toEqual([
      {
        of: 'step',
        id: 'contact',
        kind: 'changed',
        from: '/steps/0',
        to: '/steps/0',
        fields: [{ pointer: '/with/email', from: '{{ trigger.body.email }}', to: 'x@y' }],
        words: ['`with.email` changed from "{{ trigger.body.email }}" to "x@y".'],
      },
    ]);
  });

  it('tells the trigger and the flow from the steps', () => {
    const to = text(
      setProperty(text(setProperty(FLOW, { pointer: '/trigger/limit', value: '2mb' })), { pointer: '/name', value: 'Orders' }),
    );
    expect(words(to)).toEqual([
      ['flow', ['`name` set to "Orders".']],
      ['trigger', ['`limit` changed from "1mb" to "2mb".']],
    ]);
  });

  it('says what was added and removed, and where', () => {
    const added = text(insertStep(FLOW, { list: '/steps/1/else', at: 0, step: { id: 'other', set: { a: 1 } } }));
    expect(words(added)).toEqual([['other', ['Added at the start of `else` of `big`: a step with `set`.']]]);
    expect(words(FLOW, added)).toEqual([['other', ['Removed; it was a step with `set`.']]]);
  });

  it('says that a step moved, and blames no other', () => {
    const to = text(moveStep(FLOW, { step: 'done', to: { list: '/steps', at: 0 } }));
    expect(words(to)).toEqual([['done', ['Moved to the start of `steps`.']]]);
    const into = text(moveStep(FLOW, { step: 'contact', to: { list: '/steps/1/then', at: 1 } }));
    expect(words(into)).toEqual([['contact', ['Moved behind `tell` in `then` of `big`.']]]);
  });

  it('takes a renaming for one, and references that followed it for none', () => {
    const to = text(renameStep(FLOW, { step: 'contact', id: 'person' }));
    expect(diffFlows(FLOW, to).changes).toMatchObject([
      { id: 'person', renamedFrom: 'contact', fields: [], words: ['Renamed from `contact`.'] },
    ]);
  });

  it('of a text that cannot be read is not made up', () => {
    expect(diffFlows(FLOW, '{ "steps": [')).toEqual({ same: false, layoutOnly: false, unreadable: true, changes: [] });
  });

  it('never misses a change that means something, and is empty both ways otherwise', () => {
    const edits = [
      (from: string) => insertStep(from, { list: '/steps', at: 0, step: { id: 'fresh', set: {} } }),
      (from: string) => deleteSteps(from, { steps: ['s0'] }),
      (from: string) => duplicateStep(from, { step: 's0' }),
      (from: string) => renameStep(from, { step: 's0', id: 'other' }),
      (from: string) => setProperty(from, { step: 's1', pointer: '/note', value: 'changed' }),
    ];
    fc.assert(
      fc.property(writtenFlow, fc.constantFrom(...edits), (from, edit) => {
        const result = edit(from);
        if (!result.ok || result.edits.length === 0) return;
        expect(diffFlows(from, result.text).changes.length).toBeGreaterThan(0);
        expect(diffFlows(result.text, from).changes.length).toBeGreaterThan(0);
      }),
      { numRuns: 100 },
    );
  });
});
