import type { Json } from '@millrace/component-sdk';
import { handoffRequested, leadCaptured } from './events/chatbot.js';
import { githubHeaders, githubPush } from './events/github-push.js';
import { squakeHeaders, squakeOrder } from './events/squake-order.js';
import type { Vendor } from './vendors.js';

/** One event that is sent, and what should come of it. */
export interface Scene {
  readonly title: string;
  readonly flow: string;
  /** Signs the event, as its sender would. */
  readonly credential: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Json;
  /** Changes the body after it was signed. */
  readonly tampered?: boolean;
  readonly outcome: 'run' | 'duplicate' | 'refused';
  readonly arrivals: readonly Expected[];
}

/** A request that a flow should send. */
export interface Expected {
  readonly vendor: Vendor;
  /** The beginning of its path. */
  readonly path: string;
  /** Stands in its body. */
  readonly says: string;
}

const JSON_HEADERS = { 'content-type': 'application/json' };

/** The whole demo. Events are new with every call: no instance has seen them before. */
export function makeScenes(now: Date): readonly Scene[] {
  const push = pushScene(githubPush(now));
  const lead = leadScene(leadCaptured(now));
  return [
    push,
    { ...push, title: 'The same push, changed by one byte after it was signed', tampered: true, outcome: 'refused', arrivals: [] },
    lead,
    { ...lead, title: 'The chatbot sends the same lead again', outcome: 'duplicate', arrivals: [] },
    handoffScene(handoffRequested(now)),
    orderScene(squakeOrder(), now),
  ];
}

function pushScene(body: Json): Scene {
  return {
    title: 'GitHub: a force push to the default branch',
    flow: 'github-push',
    credential: 'github',
    headers: githubHeaders(),
    body,
    outcome: 'run',
    arrivals: [
      { vendor: 'Slack', path: '/services/demo/dev', says: '*ada* pushed 2 commits' },
      { vendor: 'Discord', path: '/api/webhooks/', says: 'ada force-pushed example/parcels' },
    ],
  };
}

function leadScene(body: Json): Scene {
  return {
    title: 'Chatbot: a lead with 80 seats',
    flow: 'lead-captured',
    credential: 'chatbot',
    headers: JSON_HEADERS,
    body,
    outcome: 'run',
    arrivals: [
      { vendor: 'HubSpot', path: '/crm/v3/objects/contacts/batch/upsert', says: 'grace.hopper@example.com' },
      { vendor: 'Slack', path: '/services/demo/sales', says: 'New lead: Grace Hopper' },
    ],
  };
}

function handoffScene(body: Json): Scene {
  return {
    title: 'Chatbot: a visitor wants a person',
    flow: 'handoff-requested',
    credential: 'chatbot',
    headers: JSON_HEADERS,
    body,
    outcome: 'run',
    arrivals: [
      { vendor: 'Zendesk', path: '/api/v2/tickets.json', says: 'I want a person, please.' },
      { vendor: 'Slack', path: '/api/chat.postMessage', says: 'Katherine Johnson waits for a person' },
    ],
  };
}

function orderScene(body: Json, now: Date): Scene {
  return {
    title: 'SQUAKE: an order is paid',
    flow: 'squake-order',
    credential: 'squake',
    headers: squakeHeaders(now),
    body,
    outcome: 'run',
    arrivals: [
      { vendor: 'own API', path: '/climate-orders/purchase_', says: '"state":"confirmed"' },
      { vendor: 'Discord', path: '/api/webhooks/', says: '1.42 tonne CO₂e compensated for 35.50 EUR' },
    ],
  };
}
