import type { FlowDraft } from '../format/parse.js';
import { keyNodeAt, nodeAt } from '../text.js';
import { compileCondition } from '../expressions/condition.js';
import { isAwaited, type Trigger } from '../types.js';
import type { SiteContext } from './sites.js';
import { checkSchema } from './schemas.js';
import { checkerAt } from './steps.js';
import type { Walk } from './steps.js';
import { checkAcceptKey, checkWebhookTrigger, siteAt } from './trigger.js';
import type { View } from './view.js';

/** Checks what starts the flow and what holds its runs back. */
export function checkTrigger(draft: FlowDraft, view: View, walk: Walk): void {
  const { document, problems } = walk.read;
  const context: SiteContext = { document, report: problems.report, view };
  if (draft.trigger !== undefined) checkByType(draft.trigger, view, walk, context);
  checkFlowControl(draft, context);
}

function checkByType(trigger: Trigger, view: View, walk: Walk, context: SiteContext): void {
  if (trigger.type === 'webhook') checkWebhookTrigger(trigger, view, walk);
  if (trigger.type === 'event') siteAt('/trigger/when', 'condition', context);
  if (trigger.type === 'call') checkSchema(trigger.input, '/input', checkerAt('/trigger', walk.read, walk.catalog));
}

const keyed = ['concurrency', 'debounce', 'batch'] as const;
const collecting = ['debounce', 'batch'] as const;

function checkFlowControl(draft: FlowDraft, context: SiteContext): void {
  for (const name of keyed) if (draft[name]?.key !== undefined) checkAcceptKey(`/${name}/key`, context);
  for (const name of collecting) if (draft[name] !== undefined) checkCollects(name, draft, context);
  if (draft.debounce !== undefined && draft.batch !== undefined)
    reportKey('/batch', 'A flow debounces or it batches; keep one of `debounce` and `batch`.', 'flow.conflicting-keys', context);
  checkLanesOfBatches(draft, context);
}

function checkCollects(name: (typeof collecting)[number], { trigger }: FlowDraft, context: SiteContext): void {
  if (trigger === undefined) return;
  if (trigger.type === 'webhook' || trigger.type === 'event') return checkCollected(name, trigger, context);
  const message = `\`${name}\` has no effect with a \`${trigger.type}\` trigger, which starts its runs one by one; remove it.`;
  reportKey(`/${name}`, message, 'flow.key-no-effect', context);
}

/** Events are collected before there is a run: nobody can wait for it, and which of them count is decided without it. */
function checkCollected(name: string, trigger: Extract<Trigger, { when?: unknown }>, context: SiteContext): void {
  if (trigger.type === 'webhook' && isAwaited(trigger.respond)) {
    const message = `The caller cannot wait for a run that begins later: remove \`${name}\`, or answer at once.`;
    reportKey(`/${name}`, message, 'flow.conflicting-keys', context);
  }
  const node = nodeAt(context.document.root, '/trigger/when');
  if (node === undefined || typeof trigger.when !== 'string' || isDecidedEarly(trigger.when)) return;
  const message = `With \`${name}\` this must be decided while an event is accepted; use paths, comparisons, \`and\`, \`or\`, \`in\`, \`&\`, \`??\`, \`$exists\`, \`$lowercase\` or \`$uppercase\`, or move it into the steps.`;
  context.report('flow.not-acceptable', message, node, '/trigger/when');
}

function isDecidedEarly(when: string): boolean {
  try {
    return compileCondition(when).acceptable;
  } catch {
    // What is wrong with it is said elsewhere.
    return true;
  }
}

/** A batch is one run: its events must agree on the lane. */
function checkLanesOfBatches({ batch, concurrency }: FlowDraft, context: SiteContext): void {
  if (batch === undefined || concurrency?.key === undefined || concurrency.key === batch.key) return;
  const message = 'The events of one batch would be of several lanes; give `batch` the same `key`, or `concurrency` none.';
  reportKey('/concurrency/key', message, 'flow.conflicting-keys', context);
}

function reportKey(
  pointer: string,
  message: string,
  code: 'flow.conflicting-keys' | 'flow.key-no-effect',
  { document, report }: SiteContext,
): void {
  const node = keyNodeAt(document.root, pointer);
  if (node !== undefined) report(code, message, node, pointer);
}
