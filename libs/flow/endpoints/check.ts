import { checkRequestSettings } from '../check/trigger.js';
import type { Walk } from '../check/steps.js';
import { triggerShape } from '../check/shapes.js';
import type { View } from '../check/view.js';
import type { ReadFlow } from '../format/parse.js';
import { complain, optional, present, readFields, readText } from '../format/reader.js';
import type { Cursor, Fields } from '../format/reader.js';
import { readRequestSettings, requestKeys } from '../format/trigger.js';
import { collectProblems } from '../problems.js';
import type { Problem } from '../problems.js';
import type { Catalog } from '../steps/kind.js';
import { joinPointer, propertiesOf, readJsonc } from '../text.js';
import { endpointNamePattern, isAwaited } from '../types.js';
import type { Endpoint } from '../types.js';

/** What `endpoints.json` declares, as far as it is sound. */
export interface CheckedEndpoints {
  /** Each that has no error of its own, so that one mistake does not close every URL. */
  readonly endpoints: ReadonlyMap<string, Endpoint>;
  /** Every name that is declared, sound or not. */
  readonly names: ReadonlySet<string>;
  /** False for a text that is no JSON: nothing certain is known of what it declares. */
  readonly readable: boolean;
  /** All at once, in file order. */
  readonly problems: readonly Problem[];
}

export const endpointKeys = ['name', 'icon', 'note', ...requestKeys] as const;

/** Reads and checks `endpoints.json`: one object, from the name of each shared endpoint to what it says of requests. */
export function checkEndpoints(text: string, { credentials }: Pick<Catalog, 'credentials'>): CheckedEndpoints {
  const document = readJsonc(text);
  const problems = collectProblems(document.text);
  for (const fault of document.faults) problems.report(fault.code, fault.message, fault, fault.pointer);
  const read: ReadFlow = { document, problems, steps: { pointers: new Map(), unread: new Set() } };
  const walk: Walk = { read, catalog: { components: new Map(), credentials }, defaults: undefined };
  const readable = document.faults.length === 0;
  const root = readable && document.root ? { node: document.root, pointer: '', report: problems.report } : undefined;
  const declared = root === undefined ? [] : entriesOf(root).map((entry) => [entry.name, readEntry(entry, walk)] as const);
  return { endpoints: soundOnes(declared), names: new Set(declared.map(([name]) => name)), readable, problems: problems.sorted() };
}

interface Entry {
  readonly name: string;
  readonly at: Cursor;
}

/** Keys such as `$schema` and `x-…` are no endpoints. */
function entriesOf(root: Cursor): Entry[] {
  if (root.node.type !== 'object') {
    complain(root, 'flow.wrong-type', 'The endpoints are one object: names and what they stand for.');
    return [];
  }
  return propertiesOf(root.node).flatMap(({ key, value }) => {
    const name = String(key.value);
    if (value === undefined || /^(\$|x-)/.test(name) || name === '__proto__') return [];
    return [{ name, at: { node: value, pointer: joinPointer('', name), report: root.report } }];
  });
}

/** The endpoint, or undefined when anything is wrong with it. */
function readEntry({ name, at }: Entry, walk: Walk): Endpoint | undefined {
  let sound = true;
  const report: Cursor['report'] = (...problem) => {
    walk.read.problems.report(...problem);
    sound = false;
  };
  const own: Walk = { ...walk, read: { ...walk.read, problems: { ...walk.read.problems, report } } };
  if (!new RegExp(endpointNamePattern).test(name)) {
    complain({ ...at, report }, 'flow.bad-id', `\`${name}\` cannot be part of a URL; write lower-case letters, digits and dashes.`);
  }
  const fields = readFields({ ...at, report }, { what: 'an endpoint', keys: endpointKeys });
  if (fields === undefined) return undefined;
  const endpoint: Endpoint = present({
    name: optional(fields, 'name', readText),
    icon: optional(fields, 'icon', readText),
    note: optional(fields, 'note', readText),
    ...readRequestSettings(fields),
  });
  checkAnswerNow(endpoint, fields);
  checkRequestSettings(endpoint, at.pointer, { document: walk.read.document, report, view: VIEW }, own);
  return sound ? endpoint : undefined;
}

/** Which of many runs would answer, and which where nobody listens? */
function checkAnswerNow({ respond }: Endpoint, { values }: Fields): void {
  const at = values.get('respond');
  if (at === undefined || !isAwaited(respond)) return;
  complain(
    at,
    'endpoint.cannot-await',
    'The caller of a shared endpoint cannot wait for a run: several flows may listen, or none. Use `immediately` or `{ "status": 204 }`, or give the flow a URL of its own.',
  );
}

const VIEW: View = {
  steps: { own: new Map() },
  all: new Set(),
  place: 'trigger',
  trigger: triggerShape(undefined),
  names: {},
  uncertain: [],
  inLoops: new Map(),
  loops: [],
  resumable: new Map(),
};

function soundOnes(declared: readonly (readonly [string, Endpoint | undefined])[]): Map<string, Endpoint> {
  return new Map(declared.flatMap(([name, endpoint]) => (endpoint === undefined ? [] : [[name, endpoint] as const])));
}
