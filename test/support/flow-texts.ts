import fc from 'fast-check';

/** Whoever writes: decides on layout and comments from a list of numbers, so that shrinking makes a text plainer. */
class Hand {
  private next = 0;
  private comments = 0;

  constructor(private readonly draws: readonly number[]) {}

  /** A number below `bound`; 0 when the draws are used up. */
  draw(bound: number): number {
    const value = this.draws[this.next] ?? 0;
    this.next += 1;
    return value % bound;
  }

  comment(owner: string, line: boolean): string {
    this.comments += 1;
    const label = `of:${owner}:${this.comments} "quoted", {`;
    return line ? `// ${label}` : `/* ${label} */`;
  }
}

type Value = null | boolean | number | string | Value[] | { [key: string]: Value };

interface Layout {
  readonly hand: Hand;
  readonly newline: string;
  readonly indent: string;
  readonly compact: boolean;
  readonly trailingCommas: boolean;
}

/** Owner of what is written inside: the innermost step, or the flow. */
function ownerOf(value: Value, outer: string): string {
  return typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    typeof value['id'] === 'string' &&
    'kind' in value === false
    ? value['id']
    : outer;
}

function write(value: Value, layout: Layout, depth: number, owner: string): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inside = ownerOf(value, owner);
  const members = Array.isArray(value)
    ? value.map((item) => ({ head: '', item, itemOwner: ownerOf(item, inside) }))
    : Object.entries(value).map(([key, item]) => ({
        head: `${JSON.stringify(key)}${layout.compact ? ':' : ': '}`,
        item,
        itemOwner: inside,
      }));
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const onLines = !layout.compact && layout.hand.draw(4) !== 0;
  const parts = members.map(({ head, item, itemOwner }) => ({ body: head + write(item, layout, depth + 1, inside), owner: itemOwner }));
  return onLines ? writeLines(open!, parts, close!, layout, depth, inside) : writeInline(open!, parts, close!, layout);
}

interface Part {
  readonly body: string;
  readonly owner: string;
}

function writeInline(open: string, parts: readonly Part[], close: string, { hand, compact }: Layout): string {
  const written = parts.map(({ body, owner }, index) => {
    const lead = hand.draw(9) === 1 ? `${hand.comment(owner, false)} ` : '';
    const trail = hand.draw(9) === 1 ? ` ${hand.comment(owner, false)}` : '';
    return lead + body + trail + (index === parts.length - 1 ? '' : ',');
  });
  const blank = compact ? '' : ' ';
  return (
    open + (parts.length > 0 && open === '{' ? blank : '') + written.join(blank) + (parts.length > 0 && open === '{' ? blank : '') + close
  );
}

function writeLines(open: string, parts: readonly Part[], close: string, layout: Layout, depth: number, inside: string): string {
  const { hand, newline, indent, trailingCommas } = layout;
  const outer = indent.repeat(depth);
  const inner = outer + indent;
  let text = open + (hand.draw(9) === 1 ? ` ${hand.comment(inside, true)}` : '') + newline;
  parts.forEach(({ body, owner }, index) => {
    if (hand.draw(12) === 1) text += `${inner}${hand.comment(inside, hand.draw(2) === 0)}${newline}${newline}`;
    if (hand.draw(6) === 1) text += newline;
    if (hand.draw(6) === 1) text += `${inner}${hand.comment(owner, hand.draw(2) === 0)}${newline}`;
    const comma = index < parts.length - 1 || trailingCommas ? ',' : '';
    const before = hand.draw(12) === 1 ? ` ${hand.comment(owner, false)}` : '';
    const after = hand.draw(6) === 1 ? ` ${hand.comment(owner, hand.draw(2) === 0)}` : '';
    text += `${inner}${body}${before}${comma}${after}${newline}`;
  });
  if (hand.draw(9) === 1) text += `${newline}${inner}${hand.comment(inside, true)}${newline}`;
  return text + outer + close;
}

/** Steps of every kind, nested, that read each other. `ids` counts up, so that each id stands once. */
function stepsFrom(shape: readonly number[], ids: { next: number }, depth: number): Value[] {
  const [count = 0, ...rest] = shape;
  return Array.from({ length: count % 4 }, (_, index) => stepFrom(rest.slice(index * 3), ids, depth));
}

function stepFrom(shape: readonly number[], ids: { next: number }, depth: number): Value {
  const id = `s${ids.next}`;
  ids.next += 1;
  const earlier = `s${(shape[1] ?? 0) % ids.next}`;
  const inner = (skip: number): Value[] => (depth > 2 ? [] : stepsFrom(shape.slice(skip), ids, depth + 1));
  const read = `{{ steps.${earlier}.value ?? resume.${earlier}.url }}`;
  switch ((shape[0] ?? 0) % 9) {
    case 0:
      return { id, use: 'log', with: { message: `was ${read}, \\"${earlier}\\"`, list: [1, { a: read }] } };
    case 1:
      return { id, if: `{{ steps.${earlier}.value > 1 }}`, then: inner(2), else: inner(3) };
    case 2:
      return {
        id,
        switch: read,
        cases: [
          { when: 'a', steps: inner(2) },
          { when: ['b'], steps: inner(3) },
        ],
        default: inner(4),
      };
    case 3:
      return { id, forEach: `{{ steps.${earlier}.items[$$.steps.${earlier}.n = n] }}`, as: 'item', steps: inner(2) };
    case 4:
      return { id, parallel: { crm: inner(2), chat: inner(3) } };
    case 5:
      return { id, try: inner(2), catch: inner(3), finally: inner(4) };
    case 6:
      return { id, note: `about {{ steps.${earlier}.x }}`, wait: { for: '10m' } };
    case 7:
      return { id, set: { name: `{{ $uppercase(steps.${earlier}.value) }}` } };
    default:
      return { id, stop: { as: 'failed', message: `{{ steps.\`${earlier}\`.value }}` } };
  }
}

const draws = (maxLength: number) => fc.array(fc.nat({ max: 10_000 }), { maxLength });

/** Flow texts: every kind of step, nested, commented and laid out at random. */
export const writtenFlow: fc.Arbitrary<string> = fc
  .record({
    shape: draws(30),
    errors: draws(8),
    hand: draws(200),
    newline: fc.constantFrom('\n', '\r\n'),
    indent: fc.constantFrom('  ', '    ', '\t'),
    compact: fc.nat({ max: 4 }).map((number) => number === 1),
    trailingCommas: fc.boolean(),
  })
  .map(({ shape, errors, hand, compact, ...layout }) => {
    const ids = { next: 0 };
    const flow: Value = {
      format: 1,
      name: 'Written',
      trigger: { type: 'webhook' },
      steps: [...stepsFrom([3, ...shape], ids, 0)],
      onError: stepsFrom(errors, ids, 1),
    };
    const full = { hand: new Hand(hand), compact, ...layout };
    return write(flow, full, 0, 'flow') + layout.newline;
  });

/** The comments of a text, by what they say. */
export function commentsIn(text: string): string[] {
  return [...text.matchAll(/of:(\w+):(\d+) "quoted", \{/g)].map(([all]) => all);
}

/** The step a comment belongs to, or `flow`. */
export function ownerOfComment(comment: string): string {
  return /^of:(\w+):/.exec(comment)?.[1] ?? '';
}
