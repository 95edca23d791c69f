import type { Json } from '@millrace/component-sdk';
import type { ComponentView } from '../api/wire.js';
import { objectOf, type StepKind } from '../flow/structure.js';

/** Something that can be added to a flow. */
export interface Choice {
  /** What a step of it is known by: the name of a component, or the key of a kind. */
  readonly name: string;
  readonly title: string;
  readonly words: string;
  readonly kind: StepKind;
  /** The step as it is inserted; its id is made of what it is. */
  readonly step: Json;
}

const LOGIC: readonly Choice[] = [
  logic('if', 'Branch', 'Goes on one way when a condition holds, and another when not', { if: '', then: [], else: [] }),
  logic('set', 'Set values', 'Transforms data: gives values names that later steps read', { set: {} }),
  logic('forEach', 'For each', 'Runs steps once for every item of a list', { forEach: '', steps: [] }),
  logic('switch', 'Switch', 'Takes the first of several cases that fits', { switch: '', cases: [{ when: '', steps: [] }], default: [] }),
  logic('parallel', 'In parallel', 'Runs several lists of steps side by side', { parallel: { first: [], second: [] } }),
  logic('try', 'Try', 'Runs other steps when one of these fails', { try: [], catch: [] }),
  logic('wait', 'Wait', 'For a time, until a time, or for a request', { wait: { for: '10m' } }),
  logic('call', 'Call a flow', 'Runs another flow as one step', { call: '' }),
  logic('respond', 'Answer the caller', 'Says what the request that started the run is answered with', { respond: { status: 200 } }),
  logic('stop', 'Stop', 'Ends the run here', { stop: { as: 'succeeded' } }),
];

function logic(kind: StepKind, title: string, words: string, step: Json): Choice {
  return { name: kind, title, words, kind, step };
}

/** What is offered first, when nothing was typed: what most flows go on with. */
const USUAL = ['http.request', 'set', 'if'];

/** Everything that can be added, the usual first. */
export function choicesOf(components: readonly ComponentView[]): Choice[] {
  const used = components
    .filter(({ name }) => !LOGIC.some((kind) => kind.name === name))
    .map((component): Choice => ({ ...partsOf(component), kind: 'use', step: useStep(component) }));
  const all = [...LOGIC, ...used];
  const usual = USUAL.flatMap((name) => all.filter((choice) => choice.name === name));
  return [...usual, ...all.filter((choice) => !usual.includes(choice))];
}

function partsOf({ name, title, description }: ComponentView): Pick<Choice, 'name' | 'title' | 'words'> {
  return { name, title: name === 'http.request' ? 'Call an HTTP API' : title, words: description ?? name };
}

/** With an empty text for each text that is required, so that the file shows what is to be filled in. */
function useStep({ name, props }: ComponentView): Json {
  const schema = objectOf(props as Json);
  const required = Array.isArray(schema['required']) ? schema['required'].map(String) : [];
  const properties = objectOf(schema['properties']);
  const texts = required.filter((key) => objectOf(properties[key])['type'] === 'string');
  return texts.length === 0 ? { use: name } : { use: name, with: Object.fromEntries(texts.map((key) => [key, ''])) };
}

/** Those that hold every word of a search, best first: in the title's beginning, in the title or name, elsewhere. */
export function searchChoices(choices: readonly Choice[], search: string): Choice[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...choices];
  const ranked = choices.map((choice) => ({ choice, rank: rankOf(choice, words) })).filter(({ rank }) => rank > 0);
  return ranked.sort((a, b) => b.rank - a.rank).map(({ choice }) => choice);
}

function rankOf({ title, name, words: about }: Choice, words: readonly string[]): number {
  const [head, rest] = [`${title} ${name}`.toLowerCase(), about.toLowerCase()];
  if (!words.every((word) => head.includes(word) || rest.includes(word))) return 0;
  return words.reduce((sum, word) => sum + (title.toLowerCase().startsWith(word) ? 4 : head.includes(word) ? 2 : 1), 0);
}
