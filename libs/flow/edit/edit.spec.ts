import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { commentsIn, ownerOfComment, writtenFlow } from '../../../test/support/flow-texts.js';
import { readJsonc, valueOf } from '../text.js';
import {
  applyEdits,
  copySteps,
  deleteSteps,
  duplicateStep,
  insertStep,
  invertEdits,
  moveStep,
  pasteSteps,
  removeProperty,
  renameStep,
  setProperty,
  unwrapStep,
  wrapSteps,
} from './index.js';
import type { Edit, EditResult } from './index.js';
import { danglingReferences } from './references.js';
import { listsOfFlow, listsOfStep, stepsInside, stepsOf } from './structure.js';
import type { StepList, StepNode } from './structure.js';

/** What a text holds, read anew. */
function look(text: string): { root: NonNullable<ReturnType<typeof readJsonc>['root']>; steps: readonly StepNode[]; lists: StepList[] } {
  const { root, faults } = readJsonc(text);
  if (root === undefined || faults.length > 0) throw new Error(`Not readable: ${JSON.stringify(faults)}\n${text}`);
  const steps = stepsOf(root);
  return { root, steps, lists: [...listsOfFlow(root), ...steps.flatMap(({ node, pointer }) => listsOfStep(node, pointer))] };
}

type Draw = (bound: number) => number;
type Operation = (text: string, draw: Draw) => EditResult | undefined;

const place = (text: string, draw: Draw): { list: string; at: number } | undefined => {
  const { lists } = look(text);
  const list = lists[draw(lists.length)];
  return list && { list: list.pointer, at: draw((list.node.children?.length ?? 0) + 1) };
};

const anyStep = (text: string, draw: Draw): StepNode | undefined => {
  const { steps } = look(text);
  return steps[draw(Math.max(1, steps.length))];
};

const values = [1, 'text {{ steps.s0.x }}', null, { a: { b: [1, 2] } }, ['x', { y: 1 }], {}] as const;

/** Every operation of the module, with arguments that usually fit. */
const operations: Readonly<Record<string, Operation>> = {
  insert: (text, draw) => {
    const where = place(text, draw);
    const step =
      draw(2) === 0
        ? { use: 'http.request', with: { url: 'x' } }
        : '// mine\n{ "id": "fresh", "if": true, "then": [ { "set": {} } ] } // too';
    return where && insertStep(text, { ...where, step: step as never });
  },
  delete: (text, draw) => {
    const chosen = [anyStep(text, draw), anyStep(text, draw)].filter((step) => step !== undefined);
    return deleteSteps(text, { steps: chosen.map(({ pointer }) => pointer) });
  },
  move: (text, draw) => {
    const [step, to] = [anyStep(text, draw), place(text, draw)];
    return step && to && moveStep(text, { step: step.pointer, to });
  },
  duplicate: (text, draw) => {
    const step = anyStep(text, draw);
    return step && duplicateStep(text, { step: step.pointer });
  },
  rename: (text, draw) => {
    const step = anyStep(text, draw);
    return step && renameStep(text, { step: step.pointer, id: ['other', 'in', 's1', 'x9'][draw(4)]! });
  },
  set: (text, draw) => {
    const step = anyStep(text, draw);
    const pointer = ['/with/message', '/note', '/with', '/deep/er/est', '/retry'][draw(5)]!;
    return step && setProperty(text, { step: step.pointer, pointer, value: values[draw(values.length)] as never });
  },
  remove: (text, draw) => {
    const step = anyStep(text, draw);
    return (
      step && removeProperty(text, { step: step.pointer, pointer: ['/with/message', '/note', '/with', '/else', '/cases/0'][draw(5)]! })
    );
  },
  wrap: (text, draw) => {
    const filled = look(text).lists.filter(({ node }) => node.children!.length > 0);
    const list = filled[draw(Math.max(1, filled.length))];
    if (list === undefined) return undefined;
    const from = draw(list.node.children!.length);
    const count = 1 + draw(list.node.children!.length - from);
    const kinds = [
      { kind: 'if' },
      { kind: 'forEach', items: '{{ trigger.body.list }}' },
      { kind: 'parallel', branch: 'b' },
      { kind: 'try' },
    ] as const;
    return wrapSteps(text, { list: list.pointer, from, count, within: kinds[draw(4)]! });
  },
  unwrap: (text, draw) => {
    const step = anyStep(text, draw);
    return step && unwrapStep(text, { step: step.pointer });
  },
  paste: (text, draw) => {
    const [step, where] = [anyStep(text, draw), place(text, draw)];
    const copied = step && copySteps(text, { steps: [step.pointer, anyStep(text, draw)!.pointer] });
    return copied?.ok && where ? pasteSteps(text, { ...where, snippet: copied.text }) : undefined;
  },
};

const names = Object.keys(operations);
const acts = fc.array(
  fc.record({ name: fc.constantFrom(...names), numbers: fc.array(fc.nat({ max: 1000 }), { minLength: 6, maxLength: 6 }) }),
  {
    minLength: 1,
    maxLength: 8,
  },
);

interface Taken {
  readonly name: string;
  readonly before: string;
  readonly result: Extract<EditResult, { ok: true }>;
}

/** Runs random operations one after the other and gives those that did something. */
function perform(text: string, list: readonly { name: string; numbers: readonly number[] }[]): Taken[] {
  const taken: Taken[] = [];
  let current = text;
  for (const { name, numbers } of list) {
    let next = 0;
    const draw: Draw = (bound) => (numbers[next++ % numbers.length] ?? 0) % bound;
    const result = operations[name]!(current, draw);
    if (!result?.ok) continue;
    taken.push({ name, before: current, result });
    current = result.text;
  }
  return taken;
}

const RUNS = { numRuns: 50 };

describe('random edits', () => {
  it('undone one after the other give the first bytes again', () => {
    fc.assert(
      fc.property(writtenFlow, acts, (text, list) => {
        const taken = perform(text, list);
        const last = taken.at(-1)?.result.text ?? text;
        expect(taken.reduceRight((current, { before, result }) => applyEdits(current, invertEdits(before, result.edits)), last)).toBe(text);
      }),
      RUNS,
    );
  });

  it('say exactly what they changed: edits in order, without overlap, and nothing that stays the same', () => {
    fc.assert(
      fc.property(writtenFlow, acts, (text, list) => {
        for (const { before, result } of perform(text, list)) {
          expect(applyEdits(before, result.edits)).toBe(result.text);
          result.edits.reduce((end, { offset, length }) => {
            expect(offset).toBeGreaterThanOrEqual(end);
            return offset + length;
          }, 0);
          for (const { offset, length, content } of result.edits) expect(before.slice(offset, offset + length)).not.toBe(content);
        }
      }),
      RUNS,
    );
  });

  it('keep the text readable and ids unique', () => {
    fc.assert(
      fc.property(writtenFlow, acts, (text, list) => {
        for (const { result } of perform(text, list)) {
          const ids = look(result.text).steps.map(({ id }) => id);
          expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
        }
      }),
      RUNS,
    );
  });

  it('leave no reference without its step that they do not report', () => {
    fc.assert(
      fc.property(writtenFlow, acts, (text, list) => {
        for (const { name, before, result } of perform(text, list)) {
          if (name === 'set' || name === 'insert') continue; // What a person types there may read anything: the checker says so.
          const known = new Set(danglingReferences(look(before).root).map(({ path }) => path[1]));
          const now = danglingReferences(look(result.text).root).filter(({ path }) => !known.has(path[1]!));
          expect(result.dangling.filter(({ path }) => !known.has(path[1]))).toEqual(now);
        }
      }),
      RUNS,
    );
  });

  it('lose no comment but those of steps that are gone, and of what was set or removed', () => {
    fc.assert(
      fc.property(writtenFlow, acts, (text, list) => {
        // Comments name the step that owns them, so that no step is renamed here.
        for (const { name, before, result } of perform(
          text,
          list.filter((act) => act.name !== 'rename'),
        )) {
          if (['set', 'remove', 'unwrap'].includes(name)) continue;
          const there = new Set(look(result.text).steps.map(({ id }) => id));
          const kept = new Set(commentsIn(result.text));
          const lost = commentsIn(before).filter((comment) => !kept.has(comment));
          expect(lost.filter((comment) => !isGone(ownerOfComment(comment), before, there))).toEqual([]);
        }
      }),
      RUNS,
    );
  });

  it('keep the comments of a step that is renamed', () => {
    fc.assert(
      fc.property(writtenFlow, acts, (text, list) => {
        for (const { before, result } of perform(
          text,
          list.map((act) => ({ ...act, name: 'rename' })),
        )) {
          expect(commentsIn(result.text)).toEqual(commentsIn(before));
        }
      }),
      RUNS,
    );
  });

  it('write no comment twice, save in a copy', () => {
    fc.assert(
      fc.property(writtenFlow, acts, (text, list) => {
        const counted = perform(text, list).filter(({ name }) => name !== 'duplicate' && name !== 'paste');
        for (const { before, result } of counted) {
          expect(commentsIn(result.text).length).toBeLessThanOrEqual(commentsIn(before).length);
        }
      }),
      RUNS,
    );
  });
});

function isGone(owner: string, before: string, there: ReadonlySet<string>): boolean {
  return owner !== 'flow' && look(before).steps.some(({ id }) => id === owner) && !there.has(owner);
}

describe('deleting', () => {
  it('changes nothing but what is right around the step', () => {
    fc.assert(
      fc.property(writtenFlow, fc.nat(), (text, number) => {
        const { steps } = look(text);
        const step = steps[number % Math.max(1, steps.length)];
        if (step === undefined) return;
        const result = deleteSteps(text, { steps: [step.pointer] });
        if (!result.ok) throw new Error(result.problem.message);
        const inside = new Set([step, ...stepsInside(step)].map(({ id }) => id));
        // Every other step stands there byte for byte, its lines as they were.
        const survivors = steps.filter(({ id, node }) => !inside.has(id) && !holds(node, step.node));
        for (const { node } of survivors) expect(result.text).toContain(text.slice(node.offset, node.offset + node.length));
      }),
      RUNS,
    );
  });
});

function holds(outer: StepNode['node'], inner: StepNode['node']): boolean {
  return outer.offset <= inner.offset && inner.offset + inner.length <= outer.offset + outer.length;
}

describe('an edit and its opposite', () => {
  const chosen = fc.tuple(writtenFlow, fc.nat(), fc.nat());

  it('inserting a step and deleting it gives the same bytes, where the list had steps', () => {
    fc.assert(
      fc.property(chosen, ([text, first, second]) => {
        const filled = look(text).lists.filter(({ node }) => node.children!.length > 0);
        const list = filled[first % Math.max(1, filled.length)];
        if (list === undefined) return;
        const inserted = insertStep(text, {
          list: list.pointer,
          at: second % (list.node.children!.length + 1),
          step: { id: 'fresh', set: { a: 1 } },
        });
        if (!inserted.ok) throw new Error(inserted.problem.message);
        const deleted = deleteSteps(inserted.text, { steps: ['fresh'] });
        expect(deleted.ok && deleted.text).toBe(text);
      }),
      RUNS,
    );
  });

  it('renaming there and back gives the same bytes', () => {
    fc.assert(
      fc.property(chosen, ([text, first]) => {
        const { steps } = look(text);
        const id = steps[first % Math.max(1, steps.length)]?.id;
        if (id === undefined) return;
        const there = renameStep(text, { step: id, id: 'somethingElse' });
        const back = there.ok && renameStep(there.text, { step: 'somethingElse', id });
        expect(back && back.ok && back.text).toBe(text);
      }),
      RUNS,
    );
  });

  it('wrapping and unwrapping keeps every step as it was', () => {
    fc.assert(
      fc.property(chosen, ([text, first]) => {
        const wrapped = wrapSteps(text, { list: '/steps', from: first % 3, count: 1, within: { kind: 'if', id: 'wrapper' } });
        if (!wrapped.ok) return;
        const back = unwrapStep(wrapped.text, { step: 'wrapper' });
        expect(back.ok && valueOf(look(back.text).root)).toEqual(valueOf(look(text).root));
        expect(back.ok && commentsIn(back.text).sort()).toEqual(commentsIn(text).sort());
      }),
      RUNS,
    );
  });

  it('setting what is there already changes nothing, whole steps included', () => {
    fc.assert(
      fc.property(chosen, ([text, first]) => {
        const { steps } = look(text);
        const step = steps[first % Math.max(1, steps.length)];
        if (step === undefined) return;
        const result = setProperty(text, { pointer: step.pointer, value: valueOf(step.node) });
        expect(result.ok && result.edits).toEqual([] satisfies Edit[]);
      }),
      RUNS,
    );
  });
});
