import type { Infer } from '@millrace/component-sdk';
import { exactly } from './parts.js';

export const schemeSchema = exactly('Scheme', {
  name: { type: 'string', description: 'What `scheme` of a credential of type `hmac` says.' },
  aliases: { type: 'array', items: { type: 'string' }, description: 'Other names for it that are understood, too.' },
  signature: { type: 'string', description: 'Where its signature travels: the name of a header, or a pointer into the body.' },
  shared: { type: 'boolean', description: 'Whether a secret can be made for it here; otherwise the vendor makes a pair of keys.' },
});

export const schemeListSchema = exactly('SchemeList', { items: { type: 'array', items: schemeSchema } });

export type SchemeView = Infer<typeof schemeSchema>;
export type SchemeList = Infer<typeof schemeListSchema>;
