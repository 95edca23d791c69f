import { shared, type Values } from '../commands/define.js';

/** The options of `millrace endpoints`. */
export const options = {
  title: { value: 'text', about: 'create, change: what people call it.' },
  note: { value: 'text', about: 'create, change: a word to whoever finds it.' },
  definition: {
    value: 'file',
    about: 'create, change: the rest of it as JSON, as in endpoints.json: dedupe, respond, accept, … `-` reads it from standard input.',
  },
  credential: { value: 'name', about: 'create, change: verify by a credential that is there.' },
  scheme: {
    value: 'vendor',
    about: 'create, change: make a secret for signatures of this vendor. docs/reference/signature-schemes.md lists them.',
  },
  type: { value: 'type', about: 'create, change: make a secret of this type: basic, api-key or hmac.' },
  header: { value: 'name', about: 'with --type: the header of the key or signature.' },
  query: { value: 'name', about: 'with --type: the query parameter of the key.' },
  prefix: { value: 'text', about: 'with --type: what stands before the key or the digest, such as "Bearer ".' },
  algorithm: { value: 'name', about: 'with --type: sha256, sha1, …; hmac without a scheme.' },
  username: { value: 'name', about: 'with --type: the user name; basic only.' },
  open: { about: 'create, change: anybody may send.' },
  'keep-old-for': { value: 'duration', about: 'rotate: how long the older secrets still count, such as 24h.' },
  'from-stdin': { about: 'rotate: take the new secret from standard input, instead of making one.' },
  force: { about: 'remove: also while flows listen.' },
  json: shared.json,
  url: shared.url,
} as const;

const made = [
  ...(['title', 'note', 'definition', 'credential', 'scheme', 'type', 'header', 'query', 'prefix', 'algorithm', 'username'] as const),
  ...(['open', 'json'] as const),
] as const;

/** Which of them each verb takes. */
export const takes = {
  '': ['json'],
  show: ['json'],
  create: made,
  change: made,
  rotate: ['keep-old-for', 'from-stdin', 'json'],
  remove: ['force', 'json'],
} as const;

export type EndpointValues = Values<typeof options>;
