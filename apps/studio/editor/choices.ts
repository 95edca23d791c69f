import type { Json } from '@millrace/component-sdk';
import type { ComponentView } from '../api/wire.js';
import { objectOf, textOf, type FlowStep, type StepKind } from '../flow/structure.js';

/** Something that can be added to a flow. */
export interface Choice {
  /** What a step of it is known by: the name of a component, or the key of a kind. */
  readonly name: string;
  readonly title: string;
  readonly words: string;
  readonly kind: StepKind;
  /** Other words that people look for it by. */
  readonly synonyms: string;
  /** The step as it is inserted; its id is made of what it is. */
  readonly step: Json;
}

/** Words of other tools, and of people who do not know ours. */
const SYNONYMS: Readonly<Record<string, string>> = {
  if: 'condition filter decide router yes no when',
  switch: 'case route router match branch paths',
  set: 'transform map edit fields variable assign code function format',
  forEach: 'loop iterate each items list array repeat split',
  repeat: 'loop while until again pages pagination cursor next poll retry',
  parallel: 'fork concurrent at once side by side branches',
  try: 'catch error handler rescue finally fallback',
  wait: 'delay sleep pause timer approval callback later',
  call: 'subflow sub-flow child workflow reuse execute',
  respond: 'response reply return webhook answer status',
  stop: 'end exit finish abort terminate halt fail',
  'http.request': 'api rest webhook fetch get post curl url graphql',
  log: 'print debug console message note',
};

const LOGIC: readonly Choice[] = [
  logic('if', 'Branch', 'Goes on one way when a condition holds, and another when not', { if: '', then: [], else: [] }),
  logic('set', 'Set values', 'Transforms data: gives values names that later steps read', { set: {} }),
  logic('forEach', 'For each', 'Runs steps once for every item of a list', { forEach: '', steps: [] }),
  logic('switch', 'Switch', 'Takes the first of several cases that fits', { switch: '', cases: [{ when: '', steps: [] }], default: [] }),
  logic('repeat', 'Repeat', 'Runs steps again while a condition holds: pages of an API, a job until it is done', { repeat: [], while: '' }),
  logic('parallel', 'In parallel', 'Runs several lists of steps side by side', { parallel: { first: [], second: [] } }),
  logic('try', 'Try', 'Runs other steps when one of these fails', { try: [], catch: [] }),
  logic('wait', 'Wait', 'For a time, until a time, or for a request', { wait: { for: '10m' } }),
  logic('call', 'Call a flow', 'Runs another flow as one step', { call: '' }),
  logic('respond', 'Answer the caller', 'Says what the request that started the run is answered with', { respond: { status: 200 } }),
  logic('stop', 'Stop', 'Ends the run here', { stop: { as: 'succeeded' } }),
];

function logic(kind: StepKind, title: string, words: string, step: Json): Choice {
  return { name: kind, title, words, kind, step, synonyms: SYNONYMS[kind] ?? '' };
}

/** What usually follows a step of this name; of any, under the empty one. */
const USUAL: Readonly<Record<string, readonly string[]>> = {
  '': ['http.request', 'set', 'if'],
  trigger: ['http.request', 'set', 'if'],
  'http.request': ['set', 'if', 'forEach'],
  set: ['http.request', 'if', 'forEach'],
  if: ['http.request', 'set', 'stop'],
  forEach: ['http.request', 'set', 'if'],
  wait: ['http.request', 'if', 'set'],
  respond: ['http.request', 'set', 'stop'],
};

/** Everything that can be added, by name once each. */
export function choicesOf(components: readonly ComponentView[]): Choice[] {
  const used = components
    .filter(({ name }) => !LOGIC.some((kind) => kind.name === name))
    .map((component): Choice => ({ ...partsOf(component), kind: 'use', step: useStep(component) }));
  return [...LOGIC, ...used];
}

/** Choices under a heading. */
export interface ChoiceGroup {
  readonly title: string;
  readonly choices: readonly Choice[];
}

/** What is offered before anything was typed: what this flow and most others go on with, what was used last, the rest. */
export function offeredChoices(
  choices: readonly Choice[],
  after: string,
  follows: readonly string[],
  recent: readonly string[],
): ChoiceGroup[] {
  const named = (names: readonly string[]): Choice[] =>
    [...new Set(names)].flatMap((name) => choices.filter((choice) => choice.name === name));
  const next = named([...follows, ...(USUAL[after] ?? USUAL['']!)]).slice(0, 4);
  const last = named(recent)
    .filter((choice) => !next.includes(choice))
    .slice(0, 4);
  const rest = choices.filter((choice) => !next.includes(choice) && !last.includes(choice));
  const groups = [
    { title: 'Usually next', choices: next },
    { title: 'Used last', choices: last },
    { title: 'All', choices: rest },
  ];
  return groups.filter((group) => group.choices.length > 0);
}

/** What a step is known by in the list of choices. */
export function choiceName({ kind, json }: FlowStep): string {
  return kind === 'use' ? (textOf(json['use']) ?? '') : kind;
}

/** What stands behind steps of this name in a flow already, the most frequent first. */
export function followersOf(lists: readonly (readonly FlowStep[])[], name: string): string[] {
  const counts = new Map<string, number>();
  for (const steps of lists) {
    steps.forEach((step, index) => {
      const next = steps[index + 1];
      if (next && choiceName(step) === name) counts.set(choiceName(next), (counts.get(choiceName(next)) ?? 0) + 1);
    });
  }
  return [...counts].sort(([, a], [, b]) => b - a).map(([one]) => one);
}

function partsOf({ name, title, description }: ComponentView): Pick<Choice, 'name' | 'title' | 'words' | 'synonyms'> {
  const words = description ?? name;
  return { name, title: name === 'http.request' ? 'Call an HTTP API' : title, words, synonyms: SYNONYMS[name] ?? '' };
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

function rankOf({ title, name, words: about, synonyms }: Choice, words: readonly string[]): number {
  const [head, rest] = [`${title} ${name}`.toLowerCase(), `${about} ${synonyms}`.toLowerCase()];
  if (!words.every((word) => head.includes(word) || rest.includes(word))) return 0;
  return words.reduce((sum, word) => sum + (title.toLowerCase().startsWith(word) ? 4 : head.includes(word) ? 2 : 1), 0);
}
