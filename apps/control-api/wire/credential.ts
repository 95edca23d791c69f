import type { Infer } from '@millrace/component-sdk';
import { exactly, textOrNull } from './parts.js';

const useSchema = exactly('CredentialUse', {
  flowId: { type: 'string' },
  step: { ...textOrNull, description: 'The step that signs with it; null for the trigger that verifies with it.' },
});

export const credentialSchema = exactly('Credential', {
  name: { type: 'string' },
  type: { type: 'string', description: 'none, basic, api-key, hmac.' },
  state: { enum: ['ready', 'secret-missing', 'broken', 'undefined'], description: 'undefined: flows use it, and nothing defines it.' },
  missing: { ...textOrNull, description: 'The environment variable to set before it can be used.' },
  problem: { ...textOrNull, description: 'What is wrong with its definition, as a sentence.' },
  usedBy: { type: 'array', items: useSchema },
});

export const credentialListSchema = exactly('CredentialList', {
  items: { type: 'array', items: credentialSchema },
  problems: { type: 'array', items: { type: 'string' }, description: 'Why the file of credentials cannot be read.' },
});

export type CredentialUse = Infer<typeof useSchema>;
export type CredentialItem = Infer<typeof credentialSchema>;
export type CredentialList = Infer<typeof credentialListSchema>;
