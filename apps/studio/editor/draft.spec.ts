import { setProperty } from '@millrace/flow';
import {
  changeDraft,
  followDraft,
  draftWords,
  keepMine,
  offlineDraft,
  openDraft,
  redoDraft,
  savedDraft,
  savingDraft,
  staleDraft,
  takeTheirs,
  undoDraft,
  untakenChange,
  type DraftState,
  type ServerDraft,
} from './draft.js';
import { keepDraft, keptDraft, type Shelves } from './kept.js';

const server: ServerDraft = { text: '{ "id": "a", "name": "A" }', revision: 3, base: { version: 1, hash: 'x' } };

function renamed(draft: DraftState, name: string, at = 0): DraftState {
  const result = setProperty(draft.text, { pointer: '/name', value: name });
  if (!result.ok) throw new Error(result.problem.message);
  return changeDraft(draft, { text: result.text, edits: result.edits, at });
}

const opened = openDraft(server, undefined);
const mine = renamed(opened, 'Mine');
const theirs: ServerDraft = { ...server, text: '{ "id": "a", "name": "Theirs" }', revision: 4 };

class Shelf implements Storage {
  readonly held = new Map<string, string>();
  readonly length = 0;
  clear(): void {
    this.held.clear();
  }
  getItem(key: string): string | null {
    return this.held.get(key) ?? null;
  }
  key(): string | null {
    return null;
  }
  removeItem(key: string): void {
    this.held.delete(key);
  }
  setItem(key: string, value: string): void {
    this.held.set(key, value);
  }
}

describe('a draft', () => {
  it('is undone to the byte and made again', () => {
    const twice = renamed(mine, 'Again', 5_000);
    expect(undoDraft(undoDraft(twice)).text).toBe(server.text);
    expect(redoDraft(undoDraft(twice)).text).toBe(twice.text);
    expect(undoDraft(opened)).toBe(opened);
  });

  it('is saved only when the server has the text that is here now', () => {
    const typedOn = renamed(savingDraft(mine), 'Mine, longer', 5_000);
    const saved = savedDraft(typedOn, { ...server, text: mine.text, revision: 4 }, 1);
    expect(saved).toMatchObject({ sync: { kind: 'dirty' }, unsaved: 1, server: { revision: 4 } });
    expect(savedDraft(mine, { ...server, text: mine.text }, 1)).toMatchObject({ sync: { kind: 'saved' }, unsaved: 0 });
  });

  it('counts what is kept while the server is away', () => {
    expect(draftWords(offlineDraft(renamed(mine, 'More', 5_000)))).toBe('Offline, 2 changes kept');
    expect(draftWords(offlineDraft(mine))).toBe('Offline, 1 change kept');
  });

  it('stays in conflict whatever is typed, until a person chooses', () => {
    const typed = renamed(staleDraft(mine, theirs), 'Still mine', 5_000);
    expect(typed.sync).toEqual({ kind: 'conflict', theirs });
    expect(keepMine(typed)).toMatchObject({ text: typed.text, server: { revision: 4 }, sync: { kind: 'dirty' } });
  });

  it('that takes theirs can go back to its own text', () => {
    const taken = takeTheirs(staleDraft(mine, theirs), 9_000);
    expect(taken).toMatchObject({ text: theirs.text, sync: { kind: 'saved' } });
    expect(undoDraft(taken).text).toBe(mine.text);
  });

  it('that holds nothing unsaved follows what was saved elsewhere, as one change that can be undone', () => {
    const followed = followDraft(savedDraft(mine, { ...server, text: mine.text }, 1), theirs, 9_000);
    expect(followed).toMatchObject({ text: theirs.text, server: theirs, unsaved: 0, sync: { kind: 'saved' } });
    expect(undoDraft(followed)).toMatchObject({ text: mine.text, sync: { kind: 'dirty' } });
    expect(followDraft(opened, { ...theirs, text: opened.text }, 0)).toMatchObject({ server: { revision: 4 }, history: opened.history });
    expect(followDraft(opened, server, 0)).toBe(opened);
  });

  it('that holds changes of its own follows nobody', () => {
    for (const draft of [mine, savingDraft(mine), offlineDraft(mine), staleDraft(mine, null)])
      expect(followDraft(draft, theirs, 0)).toBe(draft);
  });

  it('is no conflict when both wrote the same', () => {
    expect(staleDraft(mine, { ...theirs, text: mine.text }).sync.kind).toBe('saved');
  });

  it('that somebody else published can be kept as a new one', () => {
    expect(keepMine(staleDraft(mine, null))).toMatchObject({ text: mine.text, server: { revision: 0 }, sync: { kind: 'dirty' } });
  });
});

it('a draft says that what was typed last is not in it, until something is', () => {
  const draft = untakenChange(openDraft(server, undefined), 'Too long.');
  expect([draftWords(draft), draft.text]).toEqual(['Draft · not saved', server.text]);
  expect(draftWords(renamed(draft, 'More', 1_000))).toBe('Draft · saving');
  const back = changeDraft(draft, { text: draft.text, edits: [], at: 1_000 });
  expect([draftWords(back), back.untaken]).toEqual(['Draft · saved', undefined]);
});

describe('what a browser keeps', () => {
  const shelves = (): Shelves & { readonly tab: Shelf; readonly shared: Shelf } => ({ tab: new Shelf(), shared: new Shelf() });

  it('comes back over a reload with text and history', () => {
    const kept = shelves();
    keepDraft('a', mine, kept);
    const again = openDraft(server, keptDraft('a', kept));
    expect(again).toMatchObject({ text: mine.text, unsaved: 1, sync: { kind: 'dirty' } });
    expect(undoDraft(again).text).toBe(server.text);
  });

  it('is a conflict with what others saved meanwhile, not lost to it', () => {
    const kept = shelves();
    keepDraft('a', mine, kept);
    expect(openDraft(theirs, keptDraft('a', kept))).toMatchObject({ text: mine.text, sync: { kind: 'conflict', theirs } });
  });

  it('is not overwritten by another tab that has nothing to save', () => {
    const one = shelves();
    const other = { tab: new Shelf(), shared: one.shared };
    keepDraft('a', mine, one);
    keepDraft('a', opened, other);
    expect(keptDraft('a', { tab: new Shelf(), shared: one.shared })?.text).toBe(mine.text);
  });

  it.each(['', 'null', '{"version":2}', '{"version":1,"text":1}', 'nonsense'])('is nothing when it reads %j', (text) => {
    const kept = shelves();
    kept.tab.setItem('millrace.draft.a', text);
    expect(keptDraft('a', kept)).toBeUndefined();
  });
});
