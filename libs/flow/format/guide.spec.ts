import { readFileSync } from 'node:fs';
import { parseFlow } from '../index.js';

const guide = readFileSync('docs/guides/writing-flows.md', 'utf8');
const blocks = [...guide.matchAll(/```jsonc\n([^]*?)```/g)].map(([, block = '']) => block);

/** Every sample that begins with `opening` at the start of a line, up to the next; comments and commas behind it are read as well. */
function samples(opening: string): string[] {
  return blocks.flatMap((block) => block.split(/^(?=\{ "id"|"trigger")/m)).filter((part) => part.startsWith(opening));
}

function problemsOf(trigger: string, steps: string): string[] {
  const text = `{ "format": 1, "id": "f", ${trigger}\n, "steps": [ ${steps}\n ] }`;
  return parseFlow(text).problems.map(({ code, message }) => `${code} ${message}`);
}

describe('docs/guides/writing-flows.md', () => {
  it('has samples', () => {
    expect(samples('{ "id"').length).toBeGreaterThan(15);
    expect(samples('"trigger"').length).toBeGreaterThan(4);
  });

  it.each(samples('"trigger"'))('shows triggers that are read (%#)', (sample) => {
    expect(problemsOf(sample, '')).toEqual([]);
  });

  it.each(samples('{ "id"'))('shows steps that are read (%#)', (sample) => {
    expect(problemsOf('"trigger": { "type": "webhook" }', sample)).toEqual([]);
  });
});
