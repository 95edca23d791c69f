import type { ReadFlow } from '../format/parse.js';
import { compileExpression } from '../expressions/expression.js';
import { ExpressionSyntaxError } from '../expressions/faults.js';
import { lexemes } from '../expressions/scan.js';
import type { Lexeme } from '../expressions/scan.js';
import { splitTemplate } from '../expressions/template-text.js';
import { waitsForWebhook } from '../steps/wait.js';
import type { Step } from '../types.js';
import type { JsonNode } from '../text.js';
import { checkerAt } from './steps.js';
import type { Walk } from './steps.js';

/** What the expressions of a file read of `resume`: the URLs of these steps, or of any, where that cannot be told. */
type ReadUrls = ReadonlySet<string> | 'any';

/** Warns of waits for a webhook whose URL no expression of the file reads: nobody is told where to answer. */
export function checkUnreadUrls({ read, catalog }: Walk): void {
  const waits = [...read.steps.pointers].filter(([step]) => waitsForWebhook(step));
  const urls = waits.length === 0 ? 'any' : urlsRead(read);
  if (urls === 'any' || mentionsOthers(urls, waits)) return;
  for (const [{ id }, pointer] of waits) {
    if (urls.has(id)) continue;
    const message = `No expression reads \`resume.${id}.url\`, so that only who looks at the run finds out where to answer; send \`{{ resume.${id}.url }}\` in a step before this one.`;
    checkerAt(pointer, read, catalog).report('flow.unread-url', message, '/wait/webhook', 'key');
  }
}

/** A URL of a step that does not wait is reported where it is read: it is likely meant to be one of these. */
function mentionsOthers(urls: ReadonlySet<string>, waits: readonly (readonly [Step, string])[]): boolean {
  return [...urls].some((url) => waits.every(([{ id }]) => id !== url));
}

function urlsRead({ document }: ReadFlow): ReadUrls {
  if (document.root === undefined || document.faults.length > 0) return 'any';
  return together(textsOf(document.root).map(urlsIn));
}

function together(read: readonly ReadUrls[]): ReadUrls {
  return read.includes('any') ? 'any' : new Set(read.flatMap((ids) => [...ids]));
}

function textsOf({ type, value, children = [] }: JsonNode): string[] {
  return type === 'string' ? [String(value)] : children.flatMap(textsOf);
}

function urlsIn(text: string): ReadUrls {
  if (!text.includes('{{')) return new Set();
  try {
    return together(splitTemplate(text).flatMap((part) => (part.kind === 'expression' ? [urlsOf(part.source)] : [])));
  } catch (cause) {
    // Reported where the expression itself is checked.
    if (cause instanceof ExpressionSyntaxError) return 'any';
    throw cause;
  }
}

function urlsOf(source: string): ReadUrls {
  const tokens = [...lexemes(source)];
  if (tokens.some((_, index) => readsEverything(tokens, index))) return 'any';
  if (!source.includes('resume')) return new Set();
  const paths = compileExpression(source).references.filter(([root]) => root === 'resume');
  const ids = paths.flatMap(([, id]) => (id === undefined ? [] : [id]));
  return paths.length === 0 || ids.length < paths.length ? 'any' : new Set(ids);
}

/** Whether a token stands for all that expressions see: `$$` or `$` without a name behind it, or a wildcard that begins a path. */
function readsEverything(tokens: readonly Lexeme[], index: number): boolean {
  const [before, token, dot, name] = [tokens[index - 1], tokens[index], tokens[index + 1], tokens[index + 2]];
  if (token?.text === '$' || token?.text === '$$') return dot?.text !== '.' || name === undefined || name.kind === 'operator';
  return token?.kind === 'operator' && token.text === '*' && (before === undefined || opensValue(before));
}

function opensValue({ kind, text }: Lexeme): boolean {
  return kind === 'operator' ? !')]}.*'.includes(text) : kind === 'word' && ['and', 'or', 'in'].includes(text);
}
