import { compileExpression } from '../expressions/expression.js';
import { ExpressionSyntaxError } from '../expressions/faults.js';
import type { Reference } from '../expressions/references.js';
import { lexemes } from '../expressions/scan.js';
import type { Lexeme } from '../expressions/scan.js';
import { splitTemplate } from '../expressions/template-text.js';
import { joinPointer, offsetInString, propertiesOf } from '../text.js';
import type { JsonNode } from '../text.js';
import type { Edit } from './edits.js';
import type { DanglingReference } from './result.js';
import { stepsOf } from './structure.js';

/** A string of the file that may hold expressions. */
interface ExpressionString {
  readonly pointer: string;
  readonly node: JsonNode;
}

/** An expression inside a string, read as far as it can be. */
interface FoundExpression extends ExpressionString {
  readonly source: string;
  /** Offset of the source in the string's value. */
  readonly offset: number;
  readonly reads: readonly Reference[];
  /** It has no syntax tree, so that what it reads is not known. */
  readonly broken: boolean;
}

/** Texts for people, and schemas that only describe: what stands there is never evaluated. */
const plainKeys = new Set(['name', 'note', '$schema', 'id']);
const plainPointers = /^\/trigger\/(schema|input)$|^(?!.*\/(set|with|input|respond)\/).*\/wait\/webhook\/schema$/;

/** Every string below a flow that may hold expressions. */
function stringsOfFlow(root: JsonNode): ExpressionString[] {
  const steps = new Set(stepsOf(root).map(({ node }) => node));
  return stringsBelow(root, '', (node) => node === root || steps.has(node));
}

function stringsBelow(node: JsonNode, pointer: string, isOurs: (node: JsonNode) => boolean): ExpressionString[] {
  if (plainPointers.test(pointer)) return [];
  if (node.type === 'string') return String(node.value).includes('{{') ? [{ node, pointer }] : [];
  if (node.type === 'array') return (node.children ?? []).flatMap((item, index) => stringsBelow(item, `${pointer}/${index}`, isOurs));
  if (node.type !== 'object') return [];
  const properties = propertiesOf(node).filter(({ key }) => !isOurs(node) || !plainKeys.has(String(key.value)));
  return properties.flatMap(({ key, value }) =>
    value === undefined ? [] : stringsBelow(value, joinPointer(pointer, String(key.value)), isOurs),
  );
}

/** Parsing is dear, so that only strings that mention one of `words` are parsed. */
function expressionsOf(
  root: JsonNode,
  words: readonly string[],
  isMeant: (string: ExpressionString) => boolean = () => true,
): FoundExpression[] {
  const mentions = ({ node }: ExpressionString): boolean => words.some((word) => String(node.value).includes(word));
  return stringsOfFlow(root)
    .filter((string) => isMeant(string) && mentions(string))
    .flatMap(expressionsIn);
}

function expressionsIn(string: ExpressionString): FoundExpression[] {
  const value = String(string.node.value);
  try {
    const parts = splitTemplate(value).filter((part) => part.kind === 'expression');
    return parts.map(({ source, offset }) => ({ ...string, source, offset, ...readsOf(source) }));
  } catch (cause) {
    if (!(cause instanceof ExpressionSyntaxError)) throw cause;
    return [{ ...string, source: value, offset: 0, reads: [], broken: true }];
  }
}

function readsOf(source: string): Pick<FoundExpression, 'reads' | 'broken'> {
  try {
    return { reads: compileExpression(source).reads, broken: false };
  } catch (cause) {
    if (cause instanceof ExpressionSyntaxError) return { reads: [], broken: true };
    throw cause;
  }
}

/** The step that a path reads, by `steps` or `resume`. */
function stepRead({ path }: Pick<Reference, 'path'>): string | undefined {
  return path[0] === 'steps' || path[0] === 'resume' ? path[1] : undefined;
}

/** References to any of these ids, which are of no step any more. */
export function referencesTo(root: JsonNode, gone: ReadonlySet<string>): DanglingReference[] {
  return found(root, expressionsOf(root, [...gone]), (id) => gone.has(id));
}

/** References to steps that are not in the flow; with `below`, only of strings below these pointers. */
export function danglingReferences(root: JsonNode, below: readonly string[] = ['']): DanglingReference[] {
  const isBelow = ({ pointer }: ExpressionString): boolean => below.some((start) => pointer.startsWith(`${start}/`));
  return found(root, expressionsOf(root, ['steps', 'resume'], isBelow), () => true);
}

function found(root: JsonNode, expressions: readonly FoundExpression[], isMeant: (id: string) => boolean): DanglingReference[] {
  const there = new Set(stepsOf(root).map(({ id }) => id));
  const dangles = (id: string | undefined): boolean => id !== undefined && !there.has(id) && isMeant(id);
  return expressions.flatMap(({ pointer, reads }) =>
    reads.filter((read) => dangles(stepRead(read))).map(({ path }) => ({ pointer, path: [...path] })),
  );
}

/** What a renaming does to the expressions of a flow. */
export interface Rewriting {
  readonly edits: readonly Edit[];
  /** Pointers of strings that name an old id in a way that cannot be followed. */
  readonly unsure: readonly string[];
}

/** Rewrites every reference to a step of `names` (old id to new id). */
export function rewriteReferences(text: string, root: JsonNode, names: ReadonlyMap<string, string>): Rewriting {
  const rewritings = expressionsOf(root, [...names.keys()]).map((expression) => rewriteExpression(text, expression, names));
  const edits = rewritings.flatMap((rewriting) => rewriting.edits).sort((a, b) => a.offset - b.offset);
  return { edits, unsure: [...new Set(rewritings.flatMap(({ unsure }) => unsure))] };
}

function rewriteExpression(text: string, expression: FoundExpression, names: ReadonlyMap<string, string>): Rewriting {
  const { source, node, offset, reads, pointer } = expression;
  const tokens = [...lexemes(source)];
  const meant = new Map<Lexeme, string>();
  for (const read of reads) {
    const name = names.get(stepRead(read) ?? '');
    const token = name === undefined ? undefined : tokenAt(tokens, read);
    if (name !== undefined && token !== undefined) meant.set(token, name);
  }
  const edits = [...meant].map(([token, name]) => {
    const start = offsetInString(text, node, offset + token.start);
    return { offset: start, length: offsetInString(text, node, offset + token.end) - start, content: written(token, name, text[start]) };
  });
  const rest = tokens.filter((token) => !meant.has(token));
  return { edits, unsure: rest.some((token) => mayMean(token, expression, names)) ? [pointer] : [] };
}

/** The token of a path's second segment. Its place in the tree is counted back from the token's end. */
function tokenAt(tokens: readonly Lexeme[], { path, offsets }: Reference): Lexeme | undefined {
  const end = (offsets[1] ?? 0) + (path[1]?.length ?? 0);
  return tokens.find((token) => token.end === end && unquoted(token) === path[1]);
}

/** Words of JSONata that are not plain names; as a step of a path they need quoting. */
const reserved = new Set(['and', 'or', 'in', 'true', 'false', 'null']);

/** The new name, quoted as the old one was; `first` is what the token begins with in the file, where a quote may be escaped. */
function written(token: Lexeme, name: string, first: string | undefined): string {
  const quote = token.text[0] ?? '';
  if (!'`"\''.includes(quote)) return reserved.has(name) ? `\`${name}\`` : name;
  const escaped = first === '\\' ? `\\${quote}` : quote;
  return escaped + name + escaped;
}

function unquoted({ text }: Lexeme): string {
  return /^[`"']/.test(text) ? text.slice(1, -1) : text;
}

/** A literal that equals an old id, or an old id below `steps` as a whole: `$lookup(steps, 'old')`, `steps.(old.x)`. */
function mayMean(token: Lexeme, { reads, broken }: FoundExpression, names: ReadonlyMap<string, string>): boolean {
  if (!names.has(unquoted(token))) return false;
  const isLiteral = /^["']/.test(token.text);
  return isLiteral || broken || reads.some(({ path }) => path.length === 1 && (path[0] === 'steps' || path[0] === 'resume'));
}
