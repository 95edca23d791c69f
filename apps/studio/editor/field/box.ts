import type { ClipboardEvent, DragEvent, KeyboardEvent, MouseEvent } from 'react';
import { isForIme } from '../../ui/ime.js';
import { drawTokens, offsetOf, placeUnder, select, selectedIn, textIn, type ChipLook, type Selected } from './box-dom.js';
import { deletedStretch } from './deletion.js';
import { tokensOf, unitAfter, unitBefore, type Token } from './tokens.js';

/** What a box remembers between two events. */
export interface BoxState {
  root: HTMLElement | null;
  selected: Selected;
  /** Where the caret goes once the text is drawn. */
  wanted: number | undefined;
  /** An IME is at work: the box is the browser's alone. */
  composing: boolean;
  /** Where the caret is: an expression around it stays text. */
  inside: number;
}

export function newBox(): BoxState {
  return { root: null, selected: { start: 0, end: 0 }, wanted: undefined, composing: false, inside: -1 };
}

/** What is selected, or was last. */
export function noteSelection(box: BoxState): Selected {
  box.selected = (box.root && selectedIn(box.root)) ?? box.selected;
  return box.selected;
}

export function caretIn(box: BoxState, offset: number): void {
  Object.assign(box, { wanted: offset, inside: offset, selected: { start: offset, end: offset } });
}

/** Shows a text, with what was selected, or the caret where it is wanted. Whether anything had to be drawn. */
export function drawBox(box: BoxState, text: string, lookOf: (path: string) => ChipLook): boolean {
  const { root, wanted } = box;
  if (!root || box.composing) return false;
  const focused = root.ownerDocument.activeElement === root;
  // Browsers tell of a caret that moved a little later than it did; what is drawn in between must not put it back.
  if (focused && wanted === undefined) noteSelection(box);
  const drew = drawTokens(root, tokensOf(text, focused || wanted !== undefined ? box.inside : -1), lookOf);
  if (wanted !== undefined) root.focus();
  const kept = wanted === undefined ? box.selected : { start: wanted, end: wanted };
  if (wanted !== undefined || (drew && focused)) selectAgain(box, root, kept, text.length);
  box.wanted = undefined;
  return drew;
}

/** What was selected stays selected: the next key is meant for all of it. */
function selectAgain(box: BoxState, root: HTMLElement, { start, end }: Selected, most: number): void {
  box.selected = { start: Math.min(start, most), end: Math.min(end, most) };
  select(root, box.selected.start, box.selected.end);
}

interface BoxUse {
  readonly text: string;
  /** Whether Enter begins another line. */
  readonly multiline: boolean;
  /** Draws the box anew though its text is the same. */
  readonly redraw: () => void;
  readonly onText: (text: string, caret: number, typed: boolean) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onChip: (chip: Token) => void;
  readonly onClick: () => void;
}

/** Puts words in place of a stretch of the text. */
type Put = (words: string, over: Selected) => void;

export function handlersOf(box: BoxState, use: BoxUse) {
  const { text, multiline, onText } = use;
  const put: Put = (words, { start, end }) => {
    const next = text.slice(0, start) + words + text.slice(end);
    caretIn(box, start + words.length);
    use.redraw();
    if (next !== text) onText(next, start + words.length, false);
  };
  const read = (): void => {
    if (!box.root || box.composing) return;
    box.inside = noteSelection(box).start;
    onText(textIn(box.root), box.inside, true);
  };
  return {
    onInput: read,
    /** Of the DOM: React has an event of this name that is not told of deletions. */
    beforeInput: (event: InputEvent) => {
      const stretch = box.root && deletedStretch(event, { root: box.root, text, caret: box.inside, selected: noteSelection(box) });
      if (!stretch) return;
      event.preventDefault();
      put('', stretch);
    },
    onCompositionStart: () => void (box.composing = true),
    onCompositionEnd: () => ((box.composing = false), read()),
    onSelect: () => void noteSelection(box),
    onBlur: () => void leave(box, use),
    onClick: (event: MouseEvent) => {
      const chip = chipAt(box, event.target, text);
      if (chip) use.onChip(chip);
      else use.onClick();
    },
    onKeyDown: (event: KeyboardEvent) => {
      if (isForIme(event.nativeEvent)) return;
      use.onKeyDown(event);
      if (!event.defaultPrevented)
        textKey(event, { text, multiline, caret: box.inside, selected: noteSelection(box), put, go: (at) => goTo(box, at) });
    },
    ...transfers(box, text, put),
  };
}

/** An expression that was written on is a chip again, where it can be one. */
function leave(box: BoxState, { redraw }: BoxUse): void {
  box.inside = -1;
  redraw();
}

function goTo({ root }: BoxState, offset: number): void {
  if (root) select(root, offset);
}

function transfers(box: BoxState, text: string, put: Put) {
  return {
    onPaste: (event: ClipboardEvent) => {
      event.preventDefault();
      event.stopPropagation();
      put(event.clipboardData.getData('text/plain').replace(/\r\n?/g, '\n'), noteSelection(box));
    },
    onCopy: (event: ClipboardEvent) => void copy(event, text, noteSelection(box)),
    onCut: (event: ClipboardEvent) => {
      const selected = noteSelection(box);
      if (copy(event, text, selected)) put('', selected);
    },
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      const at = dropOffset(box, event);
      if (at !== undefined) put(event.dataTransfer.getData('text/plain'), { start: at, end: at });
    },
  };
}

/** As the file has it: chips with their braces. */
function copy(event: ClipboardEvent, text: string, { start, end }: Selected): boolean {
  event.stopPropagation();
  if (start === end) return false;
  event.preventDefault();
  event.clipboardData.setData('text/plain', text.slice(start, end));
  return true;
}

function dropOffset({ root }: BoxState, { clientX, clientY }: DragEvent): number | undefined {
  const place = root && placeUnder(root.ownerDocument, clientX, clientY);
  return place && root.contains(place.node) ? offsetOf(root, place.node, place.offset) : undefined;
}

function chipAt({ root, inside }: BoxState, target: EventTarget, text: string): Token | undefined {
  const node = target instanceof Element ? target.closest('[data-source]') : null;
  const index = root && node ? [...root.childNodes].indexOf(node as ChildNode) : -1;
  if (!root || index < 0) return undefined;
  const start = offsetOf(root, root, index);
  return tokensOf(text, inside).find((token) => token.start === start && token.kind === 'chip');
}

interface TextKey {
  readonly text: string;
  readonly multiline: boolean;
  readonly caret: number;
  readonly selected: Selected;
  readonly put: Put;
  readonly go: (offset: number) => void;
}

const BACK: Readonly<Record<string, boolean>> = { Backspace: true, ArrowLeft: true, Delete: false, ArrowRight: false };

/** Keys next to a chip take it as one; Enter is a line break of a text that may have several lines. */
function textKey(event: KeyboardEvent, { text, multiline, caret, selected, put, go }: TextKey): void {
  const { start, end } = selected;
  const back = BACK[event.key];
  const act = (): void => {
    if (event.key === 'Enter') return breaksLine(event, multiline) ? put('\n', selected) : undefined;
    if (start !== end && deletes(event)) return put('', selected);
    const to = back ? unitBefore(text, start, caret) : unitAfter(text, start, caret);
    return deletes(event) ? put('', { start: Math.min(start, to), end: Math.max(start, to) }) : go(to);
  };
  if (event.key !== 'Enter' && (back === undefined || !isOurs(event, text, caret, selected))) return;
  event.preventDefault();
  act();
}

/** With a command key Enter is the page's: it tests the step. */
function breaksLine({ ctrlKey, metaKey, shiftKey }: KeyboardEvent, multiline: boolean): boolean {
  return !ctrlKey && !metaKey && (multiline || shiftKey);
}

function deletes({ key }: KeyboardEvent): boolean {
  return key === 'Backspace' || key === 'Delete';
}

/** What the browser would do wrong: it knows neither chips as one, nor the spaces around them as none, nor the last line break. */
function isOurs(event: KeyboardEvent, text: string, caret: number, { start, end }: Selected): boolean {
  const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (deletes(event) && (isPlain || start !== end)) return true;
  if (start !== end || (event.shiftKey && !deletes(event))) return false;
  const chips = tokensOf(text, caret).filter(({ kind }) => kind === 'chip');
  return chips.some((chip) => (BACK[event.key] ? chip.end === start : chip.start === start));
}
