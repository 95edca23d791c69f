import { compileCondition } from '@millrace/flow';
import { tokensOf } from './field/tokens.js';

/** Whether a text is one whole expression that can be read. */
export function isCondition(text: string): boolean {
  try {
    compileCondition(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * The condition that a text means: words around references are one expression with them, `{{ a.n }} > 5` as `{{ a.n > 5 }}`.
 * What is a condition already, or cannot be one, stays as it was typed.
 */
export function asCondition(text: string): string {
  if (isCondition(text)) return text;
  const whole = `{{ ${joined(text)} }}`;
  return isCondition(whole) ? whole : text;
}

/** Without the braces inside. What is more than a path keeps together by parentheses. */
function joined(text: string): string {
  const parts = tokensOf(text).map(({ kind, source, path }) =>
    kind === 'chip' ? path : source.replace(/\{\{\s*([^{}]*?)\s*\}\}/g, '($1)'),
  );
  return parts
    .join('')
    .replace(/^\s*\{\{/, '')
    .replace(/\}\}\s*$/, '')
    .trim();
}
