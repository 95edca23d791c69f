import type { EndpointBody } from './queries.js';

/** How senders prove themselves; each makes a secret but the last two. */
export const WAYS = {
  signature: 'A signature, as this vendor makes it',
  key: 'A key in a header',
  password: 'A user name and a password',
  credential: 'A credential that is there',
  open: 'Not at all: anybody may send',
} as const;

export type Way = keyof typeof WAYS;

/** What is asked about a new endpoint. */
export interface EndpointOrder {
  /** What people call it. */
  readonly title: string;
  readonly way: Way;
  /** The vendor, the header, the user name or the credential. */
  readonly detail: string;
}

/** What `detail` is, for each way; undefined where there is nothing more to say. */
export const DETAIL: Readonly<Record<Way, string | undefined>> = {
  signature: 'Vendor',
  key: 'Header',
  password: 'User name',
  credential: 'Credential',
  open: undefined,
};

export const SUGGESTED: Readonly<Record<Way, string>> = {
  signature: 'standard-webhooks',
  key: 'x-api-key',
  password: '',
  credential: '',
  open: '',
};

/** What the server is asked for. */
export function bodyOf({ title, way, detail }: EndpointOrder): EndpointBody {
  const named = title.trim() === '' ? {} : { name: title.trim() };
  const generate = {
    signature: { type: 'hmac', scheme: detail },
    key: { type: 'api-key', name: detail },
    password: { type: 'basic', username: detail },
  };
  if (way === 'open') return { definition: named, revision: 0 };
  if (way === 'credential') return { definition: { ...named, credential: detail }, revision: 0 };
  return { definition: named, generate: generate[way], revision: 0 };
}
