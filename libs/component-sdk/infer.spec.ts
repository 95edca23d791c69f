import type { ComponentContext } from './component.js';
import { defineComponent } from './define.js';
import type { Infer } from './infer.js';
import type { JsonSchema } from './json.js';

/** Compiles only when both types are the same; the check happens in `npm run check`, not when this runs. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <T extends true>(): T | undefined => undefined;
const schema = <const S extends JsonSchema>(value: S): S => value;

describe('Infer', () => {
  it('reads types, lists of types, enum and const', () => {
    const text = schema({ type: 'string' });
    const nullable = schema({ type: ['integer', 'null'] });
    const level = schema({ enum: ['info', 'warn', 1, null] });
    const fixed = schema({ const: { a: 1 } });
    holds<Same<Infer<typeof text>, string>>();
    holds<Same<Infer<typeof nullable>, number | null>>();
    holds<Same<Infer<typeof level>, 'info' | 'warn' | 1 | null>>();
    holds<Same<Infer<typeof fixed>, { a: 1 }>>();
    expect(text.type).toBe('string');
  });

  it('reads objects: required and optional, closed unless additionalProperties says otherwise', () => {
    const closed = schema({ type: 'object', properties: { a: { type: 'string' }, b: { type: 'boolean' } }, required: ['a'] });
    const open = schema({ type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: true });
    const record = schema({ type: 'object', additionalProperties: { type: 'number' } });
    const anything = schema({ type: 'object' });
    const nothing = schema({ type: 'object', additionalProperties: false });
    holds<Same<Infer<typeof closed>, { a: string; b?: boolean }>>();
    holds<Same<Infer<typeof open>['a'], string>>();
    holds<Same<Infer<typeof open>['other'], unknown>>();
    holds<Same<Infer<typeof record>, Record<string, number>>>();
    holds<Same<Infer<typeof anything>, Record<string, unknown>>>();
    holds<Same<Infer<typeof nothing>, Record<string, never>>>();
    expect(closed.required).toEqual(['a']);
  });

  it('reads arrays, nesting and unions', () => {
    const nested = schema({
      type: 'array',
      items: {
        type: 'object',
        properties: { tags: { type: 'array', items: { type: 'string' } }, any: { type: 'array' } },
        required: ['tags', 'any'],
      },
    });
    const either = schema({ anyOf: [{ type: 'string' }, { type: 'array', items: { oneOf: [{ type: 'number' }, { type: 'null' }] } }] });
    const narrowed = schema({ type: 'object', properties: { a: { type: 'string' } }, anyOf: [{ required: ['a'] }] });
    holds<Same<Infer<typeof nested>, { tags: string[]; any: unknown[] }[]>>();
    holds<Same<Infer<typeof either>, string | (number | null)[]>>();
    holds<Same<Infer<typeof narrowed>, { a?: string }>>();
    expect(either.anyOf).toHaveLength(2);
  });

  it('gives unknown where nothing is known', () => {
    const empty = schema({ title: 'Anything' });
    holds<Same<Infer<typeof empty>, unknown>>();
    holds<Same<Infer<JsonSchema>, unknown>>();
    expect(empty.title).toBe('Anything');
  });
});

const base = { name: 'a.b', title: 'T', props: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] } } as const;
const output = { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] } as const;

describe('a mistake in a component does not compile', () => {
  it("in a prop's name or type", () => {
    defineComponent({
      ...base,
      // @ts-expect-error the prop is called `text`
      run: ({ props }) => props.txt,
    });
    defineComponent({
      ...base,
      // @ts-expect-error `text` is a string
      run: ({ props }) => props.text.toFixed(),
    });
    expect(base.props.required).toEqual(['text']);
  });

  it('in the output', () => {
    // @ts-expect-error `id` is a string
    defineComponent({ ...base, output, run: () => ({ id: 1 }) });
    // @ts-expect-error `id` is missing
    defineComponent({ ...base, output, run: async () => ({}) });
    expect(defineComponent({ ...base, output, run: async () => ({ id: '1' }) }).output).toBe(output);
  });

  it('in what it takes from the context', () => {
    defineComponent({
      ...base,
      // @ts-expect-error a component never sees a secret
      run: ({ credential }) => credential?.value,
    });
    // @ts-expect-error there is no such credential type
    defineComponent({ ...base, credential: { types: ['password'] }, run: () => 1 });
    // @ts-expect-error idempotent is a word
    defineComponent({ ...base, idempotent: true, run: () => 1 });
    const wants = (context: ComponentContext<{ text: string }>): string => context.props.text;
    expect(defineComponent({ ...base, run: wants }).name).toBe('a.b');
  });
});
