import type { Json } from '@millrace/component-sdk';
import { scheduleWords } from '../format/schedule.js';
import { everyStep, objectOf, textOf, type FlowStep, type FlowTree, type JsonObject, type Lane, type StepKind } from './structure.js';

const WHOLE = /^\s*\{\{([\s\S]*)\}\}\s*$/;
const OPERATORS: readonly (readonly [RegExp, string])[] = [
  [/>=/g, '≥'],
  [/<=/g, '≤'],
  [/!=/g, '≠'],
];

/** An expression as a person reads it: without its braces and with short roots. */
export function expressionWords(value: Json | undefined): string {
  if (value === undefined) return '';
  if (typeof value !== 'string') return JSON.stringify(value);
  const inner = WHOLE.exec(value)?.[1] ?? value.replace(/\{\{\s*([\s\S]*?)\s*\}\}/g, '$1');
  const shortened = inner.trim().replace(/\b(?:steps|trigger\.body)\.(?=[A-Za-z_])/g, '');
  return OPERATORS.reduce((text, [pattern, sign]) => text.replace(pattern, sign), shortened).replace(/\s+/g, ' ');
}

const NO_CONDITION = 'Not a condition yet';

/** Whether a condition is one expression, or nothing yet. Words around an expression are a text, which does not hold. */
function isWhole(condition: Json | undefined): boolean {
  return typeof condition !== 'string' || condition.trim() === '' || /^\s*\{\{(?:(?!\}\}[\s\S]*\{\{)[\s\S])*\}\}\s*$/.test(condition);
}

const TITLES: Readonly<Partial<Record<StepKind, string>>> = {
  if: 'Branch',
  switch: 'Switch',
  forEach: 'For each',
  repeat: 'Repeat',
  parallel: 'In parallel',
  try: 'Try',
  wait: 'Wait',
  call: 'Call a flow',
  respond: 'Answer the caller',
  set: 'Set values',
  stop: 'Stop',
};

/** What a step is called: its name, else its id, which always says more than its kind. */
export function stepTitle({ id, json }: FlowStep): string {
  return textOf(json['name']) ?? sentenceCase(id);
}

/** What the steps of a flow are called, by id; those that run on errors included. */
export function stepTitles({ steps, onError }: FlowTree): ReadonlyMap<string, string> {
  return new Map(everyStep([...steps, ...onError]).map((step) => [step.id, stepTitle(step)]));
}

/** `tellSales` as "Tell sales", `pauseABit` as "Pause a bit". */
export function sentenceCase(id: string): string {
  const words = id
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** One line about what a step does, with the author's own values. */
export function stepSummary(step: FlowStep): string {
  return SUMMARIES[step.kind]?.(step.json) || TITLES[step.kind] || 'Nothing says what this step is';
}

const SUMMARIES: Readonly<Partial<Record<StepKind, (json: JsonObject) => string>>> = {
  use: useSummary,
  if: (json) => (isWhole(json['if']) ? expressionWords(json['if']) : NO_CONDITION),
  switch: (json) => (json['switch'] === true ? 'The first case that holds' : expressionWords(json['switch'])),
  forEach: (json) => `Each ${textOf(json['as']) ?? 'item'} of ${expressionWords(json['forEach'])}`,
  repeat: (json) => (isWhole(json['while']) && textOf(json['while']) ? `Again while ${expressionWords(json['while'])}` : NO_CONDITION),
  parallel: (json) => Object.keys(objectOf(json['parallel'])).join(' · '),
  try: (json) => (Array.isArray(json['on']) ? `Catches ${json['on'].join(', ')}` : 'Catches every error'),
  wait: waitSummary,
  call: (json) => `Flow ${String(json['call'])}${json['await'] === false ? ', not awaited' : ''}`,
  respond: (json) => `Answers ${String(objectOf(json['respond'])['status'] ?? 200)}`,
  set: (json) => Object.keys(objectOf(json['set'])).join(', '),
  stop: (json) => stopSummary(objectOf(json['stop'])),
};

function useSummary(json: JsonObject): string {
  const props = objectOf(json['with']);
  const component = String(json['use']);
  if (component === 'http.request') return httpSummary(props);
  const said = ['text', 'message', 'content', 'subject', 'email', 'channel']
    .map((key) => textOf(props[key]))
    .find((text) => text !== undefined);
  return said === undefined ? component : `${component} · ${expressionWords(said)}`;
}

function httpSummary({ method, url, body }: JsonObject): string {
  const verb = textOf(method) ?? (body === undefined ? 'GET' : 'POST');
  return `${verb} ${expressionWords(url).replace(/^https?:\/\//, '')}`;
}

function waitSummary(json: JsonObject): string {
  const wait = objectOf(json['wait']);
  if (wait['for'] !== undefined) return `For ${expressionWords(wait['for'])}`;
  if (wait['until'] !== undefined) return `Until ${expressionWords(wait['until'])}`;
  const limit = textOf(objectOf(wait['webhook'])['timeout']);
  return `For a request to its own URL${limit === undefined ? '' : `, at most ${limit}`}`;
}

function stopSummary({ as, message }: JsonObject): string {
  const said = textOf(message);
  return `Ends the run as ${as === 'failed' ? 'failed' : 'succeeded'}${said === undefined ? '' : `: ${expressionWords(said)}`}`;
}

/** The name of a component's vendor, as marks are filed. */
export function vendorOf({ kind, json }: FlowStep): string | undefined {
  return kind === 'use' ? textOf(json['use'])?.split('.')[0] : undefined;
}

/** What a lane's pill says: the condition under which it is taken. */
export function laneWords(owner: FlowStep, { key, role }: Lane): string {
  if (role === 'catch') return Array.isArray(owner.json['on']) ? `on ${owner.json['on'].join(', ')}` : 'on error';
  if (role === 'finally') return 'finally';
  if (role === 'body') return owner.kind === 'try' ? 'try' : owner.kind === 'repeat' ? 'round' : 'each';
  if (owner.kind === 'if') return key === 'then' ? shortCondition(owner.json['if']) : 'otherwise';
  if (owner.kind === 'switch') return key === 'default' ? 'otherwise' : caseWords(owner, Number(key));
  return key;
}

const PILL = 34;

function shortCondition(condition: Json | undefined): string {
  if (!isWhole(condition)) return 'yes';
  const words = expressionWords(condition).replace(/\b[A-Za-z_]\w*\.(?=[A-Za-z_])/g, '');
  return words.length > PILL ? 'yes' : words;
}

function caseWords(owner: FlowStep, index: number): string {
  const cases = owner.json['cases'];
  const when = Array.isArray(cases) ? objectOf(cases[index])['when'] : undefined;
  const words = Array.isArray(when) ? when.map(String).join(', ') : expressionWords(when);
  return words.length > PILL ? `${words.slice(0, PILL - 1)}…` : words;
}

export function triggerTitle({ name, id, trigger }: FlowTree): string {
  return textOf(trigger['name']) ?? name ?? id;
}

const TRIGGERS: Readonly<Record<string, (trigger: JsonObject, flowId: string) => string>> = {
  webhook: (trigger, flowId) => `${methodsOf(trigger)} ${endpointPath(trigger, flowId)}`,
  schedule: ({ cron, every, timezone }) => scheduleWords({ cron: textOf(cron), every: textOf(every), timezone: textOf(timezone) }),
  event: ({ event }) => `When ${String(event)}`,
  call: () => 'When another flow calls it',
};

/** What starts a run, in words. */
export function triggerWords(trigger: JsonObject, flowId: string): string {
  return TRIGGERS[String(trigger['type'])]?.(trigger, flowId) ?? String(trigger['type'] ?? 'No trigger');
}

function methodsOf({ methods }: JsonObject): string {
  return Array.isArray(methods) ? methods.join(', ') : 'POST';
}

function endpointPath({ endpoint }: JsonObject, flowId: string): string {
  return typeof endpoint === 'string' ? `/endpoints/${endpoint}` : `/flows/${flowId}/hook`;
}
