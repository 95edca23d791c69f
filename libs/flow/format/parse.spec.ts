import fc from 'fast-check';
import { parseFlow, positionsOf } from '../index.js';

const minimal = '{ "format": 1, "id": "f", "trigger": { "type": "webhook" }, "steps": [] }';

function codes(text: string): string[] {
  return parseFlow(text).problems.map(({ code }) => code);
}

describe('parseFlow', () => {
  it('reads comments, trailing commas and a byte order mark', () => {
    const { flow, problems } = parseFlow(`\uFEFF// a flow\n${minimal.replace('[]', '[ /* none */ ]').replace(' }', ', }')}`);
    expect(problems).toEqual([]);
    expect(flow).toEqual({ format: 1, id: 'f', trigger: { type: 'webhook' }, steps: [] });
  });

  it('keeps what is written, and only that', () => {
    const step = {
      id: 'a',
      name: 'A',
      when: '{{ trigger.body.x }}',
      use: 'log',
      with: { deep: [{ x: null }] },
      retry: { attempts: 2 },
      timeout: '5s',
    };
    const { flow } = parseFlow(minimal.replace('[]', JSON.stringify([step])));
    expect(flow?.steps).toEqual([step]);
  });

  it('gives no flow when there is an error', () => {
    expect(parseFlow(minimal.replace('"f"', '1')).flow).toBeUndefined();
  });

  it('refuses a newer format with one sentence', () => {
    expect(codes('{ "format": 2, "anything": true, "steps": 3 }')).toEqual(['flow.newer-format']);
  });

  it.each([
    ['lists', '['.repeat(100_000), 'flow.too-deep'],
    ['closed lists', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'flow.too-deep'],
    ['objects', '{"a":'.repeat(100_000), 'flow.too-deep'],
    ['lists inside a flow', minimal.replace('[]', '['.repeat(100_000)), 'flow.too-deep'],
  ])('survives %s nested 100,000 deep', (_name, text, code) => {
    expect(codes(text)).toEqual([code]);
  });

  it('refuses a huge file without reading it', () => {
    expect(codes(' '.repeat(20_000_000))).toEqual(['flow.too-large']);
  });

  it('refuses more steps than anyone can follow', () => {
    const steps = Array.from({ length: 1001 }, (_, index) => ({ id: `s${index}`, stop: { as: 'failed' } }));
    expect(codes(minimal.replace('[]', JSON.stringify(steps)))).toEqual(['flow.too-large']);
  });

  it('reads a large file', () => {
    const steps = Array.from({ length: 1000 }, (_, index) => ({ id: `s${index}`, use: 'log', with: { text: `number ${index}` } }));
    expect(parseFlow(minimal.replace('[]', JSON.stringify(steps))).flow?.steps).toHaveLength(1000);
  });

  it.each([
    '',
    ' ',
    'null',
    '[]',
    '3',
    '"text"',
    '{',
    '}',
    '{"a"',
    '{"a":}',
    '// only a comment',
    '{"format":1,"id":,"steps"}',
    '\u0000\u0001',
    '<html>',
    '{{ x }}',
  ])('reports garbage: %j', (text) => {
    const { flow, problems } = parseFlow(text);
    expect(flow).toBeUndefined();
    expect(problems.length).toBeGreaterThan(0);
  });

  it('never throws, whatever the text, and places every problem inside it', () => {
    const noise = fc.array(
      fc.constantFrom(...'{}[]:,"\\/*\n ax1', '"id"', '"steps"', '"if"', '"use"', '"trigger"', '"set"', '{{', '}}', 'true'),
      { maxLength: 60 },
    );
    const inFlow = noise.map((parts) => minimal.replace('[]', parts.join('')));
    fc.assert(
      fc.property(
        fc.oneof(
          noise.map((parts) => parts.join('')),
          inFlow,
          fc.string(),
        ),
        (text) => {
          for (const { offset, length, line, column } of parseFlow(text).problems) {
            expect(offset + length).toBeLessThanOrEqual(text.length + 1);
            expect(positionsOf(text)(offset)).toEqual({ line, column });
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
