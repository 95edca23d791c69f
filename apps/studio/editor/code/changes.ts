import { ChangeSet, type ChangeSpec } from '@codemirror/state';
import { applyEdits, type Edit, type EditResult } from '@millrace/flow';
import { differenceOf, edited } from '../replaced.js';
import { lineHunks } from './line-hunks.js';

/** How one text became the other, in as few letters as can be had soon: what lies between stays where it is. */
export function changesBetween(from: string, to: string): Edit[] {
  const [all] = differenceOf(from, to);
  if (all === undefined) return [];
  const before = linesOf(from, all.offset, all.length);
  const after = linesOf(to, all.offset, all.content.length);
  let [offset, line] = [before.from, 0];
  return lineHunks(before.lines, after.lines).flatMap((hunk) => {
    offset += lengthOf(before.lines.slice(line, hunk.from));
    const [old, fresh] = [before.lines.slice(hunk.from, hunk.to), after.lines.slice(hunk.fromOther, hunk.toOther)];
    line = hunk.from;
    return pairwise(old, fresh, offset);
  });
}

interface Lines {
  readonly from: number;
  readonly lines: readonly string[];
}

/** The whole lines around a stretch. */
function linesOf(text: string, offset: number, length: number): Lines {
  const from = offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset + length);
  return { from, lines: text.slice(from, end < 0 ? text.length : end + 1).match(/[^\n]*\n|[^\n]+$/g) ?? [] };
}

function lengthOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + line.length, 0);
}

/** As many lines as before were most likely changed each. */
function pairwise(old: readonly string[], fresh: readonly string[], offset: number): Edit[] {
  if (old.length !== fresh.length) return shifted(differenceOf(old.join(''), fresh.join('')), offset);
  let at = offset;
  return old.flatMap((line, index) => {
    const edits = shifted(differenceOf(line, fresh[index]!), at);
    at += line.length;
    return edits;
  });
}

function shifted(edits: readonly Edit[], by: number): Edit[] {
  return edits.map((edit) => ({ ...edit, offset: edit.offset + by }));
}

/** Edits as CodeMirror takes them. */
export function specsOf(edits: readonly Edit[]): ChangeSpec[] {
  return edits.map(({ offset, length, content }) => ({ from: offset, to: offset + length, insert: content }));
}

function editsOf(changes: ChangeSet): Edit[] {
  const edits: Edit[] = [];
  changes.iterChanges((fromA, toA, _fromB, _toB, inserted) => {
    edits.push({ offset: fromA, length: toA - fromA, content: inserted.sliceString(0, undefined, '\n') });
  }, true);
  return edits;
}

/** A text as it is shown: a line break is one letter, whatever it is in the file. */
export function shownText(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

/**
 * What was typed into the text as it is shown, as edits of the text of the file, whose line breaks it keeps. Only those of a file
 * with a `\r` by itself all become `\n`: it could come to stand before one, and then be read as one break with it.
 */
export function fileEdits(file: string, typed: ChangeSet): Edit[] {
  const edits = editsOf(typed);
  if (!file.includes('\r')) return edits;
  if (/\r(?!\n)/.test(file)) return differenceOf(file, applyEdits(shownText(file), edits));
  const wide = [...file.matchAll(/\r\n/g)].map(({ index }, before) => index - before);
  const inFile = (place: number): number => place + countBelow(wide, place);
  const newline = /\r?\n/.exec(file)![0];
  return edits.map(({ offset, length, content }) => {
    const from = inFile(offset);
    return { offset: from, length: inFile(offset + length) - from, content: content.replaceAll('\n', newline) };
  });
}

function countBelow(places: readonly number[], limit: number): number {
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (places[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Edits that were made to `before`, made to what somebody else has made of it meanwhile. */
export function editOnto(now: string, before: string, edits: readonly Edit[]): EditResult {
  const mine = now === before ? edits : editsOf(changeSet(edits, before).map(changeSet(changesBetween(before, now), before)));
  return edited(applyEdits(now, mine), mine);
}

function changeSet(edits: readonly Edit[], text: string): ChangeSet {
  return ChangeSet.of(specsOf(edits), text.length, '\n');
}
