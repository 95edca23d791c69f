import { nodeAt } from '../text.js';
import type { WebhookTrigger } from '../types.js';
import { checkVerifyingCredential } from './component.js';
import { faultsOfSchema } from './schemas.js';
import { checkSite } from './sites.js';
import type { SiteContext } from './sites.js';
import { checkerAt } from './steps.js';
import type { Walk } from './steps.js';
import type { View } from './view.js';

/** Checks a webhook trigger: its credential, its condition, the dedupe key and the schema of the body. */
export function checkWebhookTrigger(trigger: WebhookTrigger, view: View, walk: Walk): void {
  const { document, problems } = walk.read;
  const context: SiteContext = { document, report: problems.report, view };
  checkCredential(trigger, walk);
  siteAt('/trigger/when', 'condition', context);
  siteAt('/trigger/respond', 'constant', context);
  if (trigger.dedupe !== undefined) checkAcceptKey('/trigger/dedupe/key', context);
  checkSchema(trigger.schema, '/trigger/schema', walk);
}

/** Checks the expressions of a value that stands at a pointer, if it is there. */
export function siteAt(pointer: string, use: 'condition' | 'constant' | 'value', context: SiteContext): ReturnType<typeof checkSite> {
  const node = nodeAt(context.document.root, pointer);
  return node === undefined ? [] : checkSite(node, pointer, use, context);
}

function checkCredential({ credential }: WebhookTrigger, walk: Walk): void {
  if (credential !== undefined) checkVerifyingCredential(credential, '', checkerAt('/trigger', walk.read, walk.catalog));
}

/** Checks a key that is needed before the event is written down, where only compiled expressions run. */
export function checkAcceptKey(pointer: string, context: SiteContext): void {
  const node = nodeAt(context.document.root, pointer);
  if (node === undefined) return;
  const expressions = checkSite(node, pointer, 'value', context);
  if (!String(node.value).includes('{{')) {
    context.report(
      'flow.constant-key',
      'Every event would have this key; write an expression such as `{{ trigger.body.id }}`.',
      node,
      pointer,
    );
  }
  for (const { acceptable, source } of expressions) {
    if (acceptable) continue;
    const message = `\`${source}\` cannot run while a request is accepted; use paths, comparisons, \`and\`, \`or\`, \`in\`, \`&\`, \`??\`, \`$exists\`, \`$lowercase\` or \`$uppercase\`.`;
    context.report('flow.not-acceptable', message, node, pointer);
  }
}

/** Checks that a JSON Schema of the file is one. */
export function checkSchema(schema: WebhookTrigger['schema'], at: string, walk: Walk): void {
  if (schema === undefined || walk.catalog.checkSchemas === false) return;
  const checker = checkerAt(at, walk.read, walk.catalog);
  for (const { pointer, message } of faultsOfSchema(schema)) {
    checker.report('flow.bad-schema', `This is not a JSON Schema: ${message}.`, pointer);
  }
}
