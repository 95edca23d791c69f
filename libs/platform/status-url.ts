import { isUrlSignature, urlSignature } from './signed-url.js';

/** Where the caller of a run learns its answer later: the same on every process of an instance, not to be had without its key. */
export function statusUrl(publicUrl: string, key: Buffer, runId: string): string {
  return `${publicUrl}/runs/${runId}/${urlSignature(key, 'status', runId)}`;
}

/** Whether a URL's signature is the one that `statusUrl` gave for this run; takes the same time either way. */
export function isStatusSignature(key: Buffer, runId: string, given: string): boolean {
  return isUrlSignature(given, key, 'status', runId);
}
