import { containerOf, textOfEntries } from './entries.js';
import { idsOf } from './ids.js';
import { outermost, put, renamed } from './operations.js';
import type { Place } from './operations.js';
import { danglingReferences } from './references.js';
import { EditFault, editing, flowDocument } from './result.js';
import type { EditResult, Refused } from './result.js';
import { readSnippet } from './snippet.js';
import { findStep } from './structure.js';
import type { StepNode } from './structure.js';
import { indentationAt, reindent, styleOf } from './style.js';

/**
 * Steps as text to be put on a clipboard: one as an object, several as a list, with their comments, indented from the
 * margin. Steps inside others that are copied come along with these.
 */
export function copySteps(
  text: string,
  { steps }: { readonly steps: readonly string[] },
): { readonly ok: true; readonly text: string } | Refused {
  let copied = '';
  const result = editing(text, (start) => {
    const document = flowDocument(text);
    const chosen = outermost(steps.map((step) => findStep(document, step)));
    if (chosen.length === 0) throw new EditFault('edit.no-step', 'Choose at least one step to copy.');
    copied = clipboardText(text, chosen);
    return { editing: start };
  });
  return result.ok ? { ok: true, text: copied } : result;
}

function clipboardText(text: string, steps: readonly StepNode[]): string {
  const { newline, indent } = styleOf(text);
  const parts = steps.map(({ list, index, node }) => {
    const entry = containerOf(text, list.node).entries[index]!;
    return { ...textOfEntries(text, entry, entry), from: indentationAt(text, node.offset) };
  });
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return reindent(only.body + only.trailing, only.from, '');
  const lines = parts.map(({ body, trailing, from }, index) => {
    const comma = index === parts.length - 1 ? '' : ',';
    return indent + reindent(body, from, indent) + comma + reindent(trailing, from, indent);
  });
  return `[${newline}${lines.join(newline)}${newline}]`;
}

/**
 * Puts copied text into a list: a step, a list of steps, or the steps of a whole flow. Ids that are taken are
 * counted up; whatever the copy reads that is not here is reported.
 */
export function pasteSteps(text: string, { list, at, snippet }: Place & { readonly snippet: string }): EditResult {
  return editing(text, (start) => {
    const { root } = flowDocument(text);
    const pasted = renamed(readSnippet(snippet), idsOf(root), styleOf(text));
    const outcome = put(start, { list, at }, pasted);
    const { root: after } = flowDocument(outcome.editing.text);
    return { ...outcome, dangling: danglingReferences(after, outcome.touched) };
  });
}
