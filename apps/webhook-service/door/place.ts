import type { LiveEndpoint, LiveFlow } from '@millrace/catalog';
import type { WebhookRules } from '@millrace/engine';
import { unavailable, Refused } from './answers.js';

/** What a URL leads to: a flow of its own, or a shared endpoint. */
export type Place = LiveFlow | LiveEndpoint;

/** A place that takes requests. */
export type OpenPlace = Place & { readonly rules: WebhookRules };

export function isShared(place: Place): place is LiveEndpoint {
  return 'listeners' in place;
}

/** The place, or a refusal: it is known, but nothing in it can take a request yet. */
export function openPlace(place: Place): OpenPlace {
  if (!place.rules) throw notEnabled(place);
  return place as OpenPlace;
}

/** Throws a Refused where what is paused is not to be held. */
export function checkPaused({ id, enabled, rules }: OpenPlace): void {
  if (!enabled && rules.whenPaused === 'refuse') throw paused(id);
}

function notEnabled({ id, problems }: Place): Refused {
  const answer = unavailable('flow.not-enabled', 'This flow is not enabled yet. Nothing was accepted; send it again later.');
  return new Refused(answer, 'flow.not-enabled', `${id} is not enabled: ${problems[0]?.message ?? 'no version of it has been checked'}`);
}

function paused(id: string): Refused {
  const answer = unavailable('flow.paused', 'This flow is paused. Nothing was accepted; send it again later.');
  return new Refused(answer, 'flow.paused', `${id} is paused and its trigger says whenPaused: "refuse".`);
}
