import { describe, expect, it } from '@jest/globals';
import { StepError, type Component, type Json } from '@millrace/component-sdk';
import type { Step } from '@millrace/flow';
import { componentOf, flowOf, Rig } from '../contract/rig.js';
import { defaultLimits } from '../limits.js';

/** An API that gives its items page by page: each page names the next one, the last one none. */
function pagesOf(...pages: readonly Json[][]): Component {
  return componentOf('test.page', ({ props }) => {
    const { cursor } = props as { cursor: string };
    const at = cursor === '' ? 0 : Number(cursor);
    const items = pages[at];
    if (!items) throw new StepError({ code: 'test.no-page', message: `there is no page ${cursor}` });
    return { items, ...(at + 1 < pages.length && { next: String(at + 1) }) };
  });
}

const PAGE: Step = { id: 'page', use: 'test.page', with: { cursor: "{{ previous.next ?? '' }}" }, retry: { attempts: 1 } };

function pages(parts: object = {}, steps: readonly Step[] = [PAGE]): Step {
  return { id: 'pages', repeat: steps, while: '{{ steps.page.next }}', ...parts } as Step;
}

const cursors = (rig: Rig): unknown[] => rig.calls.map(({ props }) => (props as { cursor?: string }).cursor);
const outputOf = (rig: Rig): Json | undefined => rig.rows.find(({ path, status }) => path === 'pages' && status === 'succeeded')?.output;
const kinds = (rig: Rig): string[] => rig.rows.map(({ path, kind, status }) => `${path} ${kind} ${status}`).sort();

describe('a repetition', () => {
  it('follows an API from page to page, and gives what each round gave', async () => {
    const all: Step = { id: 'all', set: { ids: '{{ steps.pages.items }}' } };
    const rig = new Rig(flowOf([pages(), all]), [pagesOf([1, 2], [3], [4])]);
    expect(await rig.run({})).toMatchObject({ result: { status: 'succeeded' } });
    expect(rig.calls.map(({ path }) => path)).toEqual(['pages[0].page', 'pages[1].page', 'pages[2].page']);
    expect(cursors(rig)).toEqual(['', '1', '2']);
    expect(outputOf(rig)).toEqual([{ items: [1, 2], next: '1' }, { items: [3], next: '2' }, { items: [4] }]);
    expect(rig.rows.find(({ path }) => path === 'all')?.output).toEqual({ ids: [1, 2, 3, 4] });
  });

  it('runs once where its condition does not hold, and leaves one row for each round', async () => {
    const rig = new Rig(flowOf([pages()]), [pagesOf([1])]);
    await rig.run({});
    expect(cursors(rig)).toEqual(['']);
    expect(kinds(rig)).toEqual(['pages repeat succeeded', 'pages[0] item succeeded', 'pages[] cursor succeeded']);
  });

  it('asks with what the round gave, its number and the round before', async () => {
    const total: Step = { id: 'total', set: { sum: '{{ (previous.sum ?? 0) + index }}' } };
    const rig = new Rig(flowOf([pages({ while: '{{ steps.total.sum < 5 and (previous.sum ?? 0) < 4 }}' }, [total])]), []);
    await rig.run({});
    expect(outputOf(rig)).toEqual([0, 1, 3, 6].map((sum) => ({ sum })));
  });

  it('begins anew inside another one: the first round has no round before it', async () => {
    const inner = pages({ id: 'inner', while: '{{ index < 1 }}' }, [{ id: 'x', set: { of: "{{ previous.of ?? 'none' }}" } }]);
    const rig = new Rig(flowOf([pages({ while: '{{ index < 1 }}' }, [{ id: 'y', set: { seen: '{{ $exists(previous) }}' } }, inner])]), []);
    await rig.run({});
    expect(outputOf(rig)).toEqual([
      [{ of: 'none' }, { of: 'none' }],
      [{ of: 'none' }, { of: 'none' }],
    ]);
  });

  it('fails where there is still more to do after as many rounds as it may have, naming the round that it did not begin', async () => {
    const rig = new Rig(flowOf([pages({ limit: 2 })]), [pagesOf([1], [2], [3])]);
    const { result } = (await rig.run({})) as { result: { error: { message: string } } };
    expect(result).toMatchObject({ status: 'failed', error: { code: 'repeat.limit', step: 'pages[2]', blame: 'author' } });
    expect(result.error.message).toMatch(/^pages has run 2 rounds.*Raise `limit`/);
    expect(cursors(rig)).toEqual(['', '1']);
  });

  it('has no more rounds than loops may have items', async () => {
    const rig = new Rig(flowOf([pages()]), [pagesOf([1], [2], [3])]);
    await rig.accept({});
    const outcome = await rig.slice(await rig.claim(), { limits: { ...defaultLimits, items: 2 } });
    expect(outcome).toMatchObject({
      result: { error: { code: 'repeat.limit', message: expect.stringContaining('MILLRACE_MAX_LOOP_ITEMS') } },
    });
  });

  it('fails with the round that fails, and its steps stay in the journal', async () => {
    const bad: Step = { ...PAGE, with: { cursor: "{{ index = 1 ? 'x' : '' }}" } } as Step;
    const rig = new Rig(flowOf([pages({ while: true }, [bad])]), [pagesOf([1])]);
    expect(await rig.run({})).toMatchObject({ result: { status: 'failed', error: { code: 'test.no-page', step: 'pages[1].page' } } });
    expect(kinds(rig)).toEqual([
      'pages repeat failed',
      'pages[0] item succeeded',
      'pages[1] item failed',
      'pages[1].page use failed',
      'pages[] cursor succeeded',
    ]);
  });

  it('fails where its condition cannot be told, naming the round', async () => {
    const rig = new Rig(flowOf([pages({ while: '{{ steps.page.items + 1 }}' })]), [pagesOf([1, 2])]);
    const { result } = (await rig.run({})) as { result: unknown };
    expect(result).toMatchObject({ status: 'failed', error: { step: 'pages[0]', message: expect.stringContaining('`while`') } });
  });

  it('goes on where it was after waits, asking nothing again and remembering the round before', async () => {
    const nap = { id: 'nap', wait: { for: '10m' } } as Step;
    const rig = new Rig(flowOf([pages({}, [nap, PAGE])]), [pagesOf([1], [2], [3])]);
    await rig.accept({});
    const began = rig.clock.now();
    await rig.toEnd();
    expect(cursors(rig)).toEqual(['', '1', '2']);
    expect(outputOf(rig)).toEqual([{ items: [1], next: '1' }, { items: [2], next: '2' }, { items: [3] }]);
    const ends = rig.rows.filter(({ kind }) => kind === 'item').map(({ finishedAt }) => finishedAt - began);
    expect(ends).toEqual([1, 2, 3].map((n) => n * 600_000));
  });

  it('gives waits for a request a URL per round', async () => {
    const asks = { id: 'ask', wait: { webhook: {} } } as Step;
    const tell: Step = { id: 'tell', use: 'test.page', with: { cursor: '', url: '{{ resume.ask.url }}' } };
    const rig = new Rig(flowOf([pages({ while: '{{ index < 1 }}' }, [tell, asks])]), [pagesOf([1])]);
    await rig.accept({});
    await rig.slice(await rig.claim());
    const [first] = rig.calls.map(({ props }) => (props as { url: string }).url);
    expect(first).toContain(encodeURIComponent('pages[0].ask').replaceAll('%5B', '[').replaceAll('%5D', ']'));
  });

  it('decides once: a walk after a crash goes by what was written', async () => {
    const rig = new Rig(
      flowOf([pages({ while: '{{ $random() < 2 and steps.page.next }}' }), { ...PAGE, id: 'after', with: { cursor: '' } } as Step]),
      [pagesOf([1], [2])],
    );
    await rig.accept({});
    const died = new Promise<void>((resolve) => {
      void rig.claim().then((work) =>
        rig.slice(work, {
          journal: {
            ...rig.journal,
            record: async (run, entry) => {
              const kept = await rig.journal.record(run, entry);
              if (!entry.rows.some(({ path }) => path === 'pages[1]')) return kept;
              resolve();
              return new Promise<never>(() => undefined);
            },
          },
        }),
      );
    });
    await died;
    await rig.toEnd();
    expect(rig.calls.map(({ path }) => path)).toEqual(['pages[0].page', 'pages[1].page', 'after']);
  });
});
