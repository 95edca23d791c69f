import type { Infer } from '@millrace/component-sdk';
import { nextSchema, searchQuery } from './page.js';
import { exactly, headers, id, storable, textOrNull, time } from './parts.js';
import { defineQuery } from './query.js';

export const refusalsQuery = defineQuery({ flow: { ...storable, description: 'Only refusals at this flow.' }, ...searchQuery });

const refusalMembers = {
  id,
  flowId: { type: 'string', description: 'As the caller wrote it: a flow of that name need not exist.' },
  at: time,
  status: { type: 'integer', description: 'What the caller was answered.' },
  code: { type: 'string', description: 'Stable: credential.mismatch, body.malformed, …' },
  reason: { type: 'string', description: 'For the owner; the caller may have been told less.' },
  method: { type: 'string' },
  url: { type: 'string' },
  headers,
  caller: textOrNull,
} as const;

export const refusalSchema = exactly('Refusal', refusalMembers);

export const findingSchema = exactly('Finding', {
  code: { type: 'string', description: 'Stable: body.newline, signature.header, secret.encoding, …' },
  message: { type: 'string', description: 'What was found. Holds no secret.' },
  advice: { type: 'string', description: 'What to do about it.' },
  certain: { type: 'boolean', description: 'It was tried: with exactly this put right, the request would have been accepted.' },
});

const shortDigest = { type: 'string', maxLength: 6, description: 'The first hexadecimal digits of the digest.' } as const;

export const signedFactsSchema = {
  title: 'SignedFacts',
  type: ['object', 'null'],
  description: 'What the signature was checked over and against, shortened; null where nothing is signed.',
  properties: {
    algorithm: { type: 'string' },
    encoding: { type: 'string' },
    template: { type: 'string', description: 'What is signed, such as {timestamp}.{body}.' },
    place: { type: 'string', description: 'Where the signature is looked for.' },
    parts: {
      type: 'array',
      description: 'Absent where a part was not sent.',
      items: exactly('SignedPart', {
        part: { type: 'string' },
        bytes: { type: 'integer' },
        start: { type: 'string', description: 'Its first characters.' },
      }),
    },
    expected: {
      type: 'array',
      items: exactly('ExpectedDigest', { secret: { type: 'string', description: 'Its name.' }, digest: shortDigest }),
    },
    received: { type: 'array', items: exactly('ReceivedDigest', { bytes: { type: 'integer' }, digest: shortDigest }) },
  },
  required: ['algorithm', 'encoding', 'template', 'place', 'expected', 'received'],
  additionalProperties: false,
} as const;

export const diagnosisSchema = {
  ...exactly('Diagnosis', {
    findings: { type: 'array', items: findingSchema, description: 'Most likely first.' },
    signed: signedFactsSchema,
  }),
  type: ['object', 'null'],
} as const;

export const refusalDetailSchema = exactly('RefusalDetail', {
  ...refusalMembers,
  diagnosis: {
    ...diagnosisSchema,
    description: 'Why the credential failed; null for other reasons, and where too many failed at once to look at each.',
  },
});

export const refusalPageSchema = exactly('RefusalPage', { items: { type: 'array', items: refusalSchema }, next: nextSchema });

export type RefusalView = Infer<typeof refusalSchema>;
export type RefusalDetail = Infer<typeof refusalDetailSchema>;
export type RefusalPage = Infer<typeof refusalPageSchema>;
