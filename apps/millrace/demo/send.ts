import type { Credential } from '@millrace/credentials';
import type { Client } from '../client/index.js';
import type { Scene } from './scenes.js';

/** What the front door said. */
export interface DoorAnswer {
  readonly status: number;
  readonly eventId?: string;
  readonly runId?: string;
  readonly duplicate?: boolean;
  readonly error?: { readonly code: string; readonly message: string };
}

/** Signs the event as its sender would, and delivers it to the flow's URL. */
export async function deliver(scene: Scene, client: Client, credential: Credential): Promise<DoorAnswer> {
  const body = new TextEncoder().encode(JSON.stringify(scene.body));
  const url = `${client.instance.url}/flows/${scene.flow}/hook`;
  const signed = credential.apply({ method: 'POST', url, headers: scene.headers, body }, { now: new Date() });
  const response = await client.send({ ...signed, headers: { ...signed.headers }, body: scene.tampered ? tampered(body) : body });
  return { status: response.status, ...answerOf(response.text()) };
}

/** The last byte stays the closing brace; a space before it changes no meaning, only the signature. */
function tampered(body: Uint8Array): Uint8Array {
  return new Uint8Array([...body.subarray(0, -1), 0x20, ...body.subarray(-1)]);
}

/** Something else than a front door may be listening there. */
function answerOf(text: string): Omit<DoorAnswer, 'status'> {
  try {
    return JSON.parse(text) as Omit<DoorAnswer, 'status'>;
  } catch {
    return { error: { code: 'demo.no-json', message: text.slice(0, 200) || 'an empty answer' } };
  }
}
