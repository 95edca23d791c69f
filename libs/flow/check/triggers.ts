import type { FlowDraft } from '../format/parse.js';
import { keyNodeAt } from '../text.js';
import type { FlowControlKey } from '../steps/kind.js';
import type { Trigger } from '../types.js';
import type { SiteContext } from './sites.js';
import type { Walk } from './steps.js';
import { checkAcceptKey, checkSchema, checkWebhookTrigger, siteAt } from './trigger.js';
import type { View } from './view.js';

/** Checks what starts the flow and what holds its runs back. */
export function checkTrigger(draft: FlowDraft, view: View, walk: Walk): void {
  const { document, problems } = walk.read;
  const context: SiteContext = { document, report: problems.report, view };
  if (draft.trigger !== undefined) checkByType(draft.trigger, view, walk, context);
  checkFlowControl(draft, context, walk.catalog.unsupported ?? []);
}

function checkByType(trigger: Trigger, view: View, walk: Walk, context: SiteContext): void {
  if (trigger.type === 'webhook') checkWebhookTrigger(trigger, view, walk);
  if (trigger.type === 'event') siteAt('/trigger/when', 'condition', context);
  if (trigger.type === 'call') checkSchema(trigger.input, '/trigger/input', walk);
}

const keyed = ['concurrency', 'debounce', 'batch'] as const;
const collecting = ['debounce', 'batch'] as const;

function checkFlowControl(draft: FlowDraft, context: SiteContext, unsupported: readonly FlowControlKey[]): void {
  for (const name of unsupported) {
    if (draft[name] === undefined) continue;
    reportKey(`/${name}`, `This version cannot hold runs back by \`${name}\` yet; remove it.`, 'flow.key-not-supported', context);
  }
  for (const name of keyed) if (draft[name]?.key !== undefined) checkAcceptKey(`/${name}/key`, context);
  for (const name of collecting) if (draft[name] !== undefined) checkCollects(name, draft, context);
  if (draft.debounce !== undefined && draft.batch !== undefined)
    reportKey('/batch', 'A flow debounces or it batches; keep one of `debounce` and `batch`.', 'flow.conflicting-keys', context);
  checkLanesOfBatches(draft, context);
}

function checkCollects(name: (typeof collecting)[number], { trigger }: FlowDraft, context: SiteContext): void {
  if (trigger === undefined || trigger.type === 'webhook' || trigger.type === 'event') return;
  const message = `\`${name}\` has no effect with a \`${trigger.type}\` trigger, which starts its runs one by one; remove it.`;
  reportKey(`/${name}`, message, 'flow.key-no-effect', context);
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
  code: 'flow.conflicting-keys' | 'flow.key-no-effect' | 'flow.key-not-supported',
  { document, report }: SiteContext,
): void {
  const node = keyNodeAt(document.root, pointer);
  if (node !== undefined) report(code, message, node, pointer);
}
