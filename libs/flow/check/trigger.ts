import { listed, suggestion } from '../names.js';
import { requestKeys } from '../format/trigger.js';
import { nodeAt } from '../text.js';
import type { RequestSettings, WebhookTrigger } from '../types.js';
import { checkVerifyingCredential } from './component.js';
import { checkSchema } from './schemas.js';
import { checkSite } from './sites.js';
import type { SiteContext } from './sites.js';
import { checkerAt } from './steps.js';
import type { Walk } from './steps.js';
import type { View } from './view.js';

/** Checks a webhook trigger: its endpoint or what it says of requests itself, its condition and the schema of the body. */
export function checkWebhookTrigger(trigger: WebhookTrigger, view: View, walk: Walk): void {
  const { document, problems } = walk.read;
  const context: SiteContext = { document, report: problems.report, view };
  if (trigger.endpoint === undefined) checkRequestSettings(trigger, '/trigger', context, walk);
  else checkEndpoint(trigger, trigger.endpoint, walk);
  siteAt('/trigger/when', 'condition', context);
  checkSchema(trigger.schema, '/schema', checkerAt('/trigger', walk.read, walk.catalog));
}

/** Checks what is said of requests at a place of a flow file or of `endpoints.json`. */
export function checkRequestSettings(settings: RequestSettings, pointer: string, context: SiteContext, walk: Walk): void {
  checkCredential(settings, pointer, walk);
  siteAt(`${pointer}/respond`, 'constant', context);
  if (settings.dedupe !== undefined) checkAcceptKey(`${pointer}/dedupe/key`, context);
  if (settings.rateLimit?.key !== undefined) checkAcceptKey(`${pointer}/rateLimit/key`, context);
}

/** What a request must be like is said where the URL is declared, once for all that listen. */
function checkEndpoint(trigger: WebhookTrigger, name: string, walk: Walk): void {
  const checker = checkerAt('/trigger', walk.read, walk.catalog);
  const { endpoints } = walk.catalog;
  if (endpoints !== undefined && !endpoints.has(name)) {
    const near = suggestion(name, endpoints);
    const known = endpoints.size > 0 && near === '' ? ` There are ${listed([...endpoints])}.` : near;
    checker.report('endpoint.unknown', `There is no endpoint \`${name}\` in endpoints.json.${known}`, '/endpoint');
  }
  for (const key of [...requestKeys, 'whenPaused'] as const) {
    if (trigger[key] === undefined) continue;
    const where = key === 'whenPaused' ? 'what is paused behind a shared endpoint is held' : `it belongs to \`${name}\` in endpoints.json`;
    checker.report('endpoint.key-elsewhere', `Remove \`${key}\` here: ${where}.`, `/${key}`, 'key');
  }
}

/** Checks the expressions of a value that stands at a pointer, if it is there. */
export function siteAt(pointer: string, use: 'condition' | 'constant' | 'value', context: SiteContext): ReturnType<typeof checkSite> {
  const node = nodeAt(context.document.root, pointer);
  return node === undefined ? [] : checkSite(node, pointer, use, context);
}

function checkCredential({ credential }: RequestSettings, pointer: string, walk: Walk): void {
  if (credential !== undefined) checkVerifyingCredential(credential, '', checkerAt(pointer, walk.read, walk.catalog));
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
