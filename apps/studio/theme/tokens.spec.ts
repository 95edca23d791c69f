import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const css = readFileSync(join(process.cwd(), 'apps/studio/theme/tokens.css'), 'utf8');

type Theme = 'light' | 'dark';

/** The colours of one theme by name. */
function colours(theme: Theme): Readonly<Record<string, string>> {
  const pairs = [...css.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)];
  return Object.fromEntries(pairs.map(([, name, light, dark]) => [name!, theme === 'light' ? light! : dark!]));
}

/** Relative luminance, WCAG 2.2. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5]
    .map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

const GROUNDS = ['canvas', 'bg', 'surface', 'sunken', 'hover'];
const STATES = ['success', 'failed', 'running', 'waiting', 'skipped'];

const TEXT: [string, string][] = [
  ...['ink', 'ink-2', 'accent', 'failed'].flatMap((text) => GROUNDS.map((ground): [string, string] => [text, ground])),
  ...GROUNDS.map((ground): [string, string] => ['ink-3', ground]),
  ...STATES.map((state): [string, string] => [state, `${state}-soft`]),
  ['on-ink', 'ink'],
  ['on-failed', 'failed'],
  // Also what is selected, or found, in the text of a flow.
  ...['accent', 'ink', 'ink-2', 'ink-3'].map((text): [string, string] => [text, 'accent-soft']),
];

describe.each<Theme>(['light', 'dark'])('the %s theme', (theme) => {
  const colour = colours(theme);

  it.each(TEXT)('text %s on %s has a contrast of at least 4.5', (text, ground) => {
    expect(contrast(colour[text]!, colour[ground]!)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(['bg', 'surface', 'sunken'])('borders of controls on %s have a contrast of at least 3', (ground) => {
    expect(contrast(colour['line-input']!, colour[ground]!)).toBeGreaterThanOrEqual(3);
  });

  it.each(STATES)('the glyph %s has a contrast of at least 3 on a node and on the page', (state) => {
    for (const ground of ['surface', 'bg', 'canvas']) expect(contrast(colour[state]!, colour[ground]!)).toBeGreaterThanOrEqual(3);
  });
});
