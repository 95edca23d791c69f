import { nodeAt } from '../text.js';
import type { WebhookTrigger } from '../types.js';
import { checkNamedCredential } from './component.js';
import { faultsOfSchema } from './schemas.js';
import { checkSite } from './sites.js';
import type { SiteContext } from './sites.js';
import { checkerAt } from './steps.js';
import type { Walk } from './steps.js';
import type { View } from './view.js';

const verifyingTypes = ['none', 'basic', 'api-key', 'hmac'];

/** Checks the trigger: its credential, its condition, the dedupe key and the schema of the body. */
export function checkTrigger(trigger: WebhookTrigger, view: View, walk: Walk): void {
  const { document, problems } = walk.read;
  const context: SiteContext = { document, report: problems.report, view };
  checkCredential(trigger, walk);
  siteAt('/trigger/when', 'condition', context);
  siteAt('/trigger/respond', 'constant', context);
  if (trigger.dedupe !== undefined) checkDedupeKey(context);
  if (walk.catalog.checkSchemas !== false && trigger.schema !== undefined) checkSchema(trigger.schema, walk);
}

function siteAt(pointer: string, use: 'condition' | 'constant' | 'value', context: SiteContext): ReturnType<typeof checkSite> {
  const node = nodeAt(context.document.root, pointer);
  return node === undefined ? [] : checkSite(node, pointer, use, context);
}

function checkCredential({ credential }: WebhookTrigger, walk: Walk): void {
  if (credential === undefined) return;
  const checker = checkerAt('/trigger', walk.read, walk.catalog);
  checkNamedCredential(credential, verifyingTypes, checker);
  if (walk.catalog.credentials.get(credential)?.in === 'url') {
    checker.report(
      'credential.wrong-type',
      `\`${credential}\` is a secret address to send to; it cannot verify a request that comes in.`,
      '/credential',
    );
  }
}

/** The key is needed before the event is written down, where only compiled expressions run. */
function checkDedupeKey(context: SiteContext): void {
  const pointer = '/trigger/dedupe/key';
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

function checkSchema(schema: NonNullable<WebhookTrigger['schema']>, walk: Walk): void {
  const checker = checkerAt('/trigger/schema', walk.read, walk.catalog);
  for (const { pointer, message } of faultsOfSchema(schema)) {
    checker.report('flow.bad-schema', `This is not a JSON Schema: ${message}.`, pointer);
  }
}
