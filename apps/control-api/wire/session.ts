import type { Infer } from '@millrace/component-sdk';
import { exactly } from './parts.js';

export const sessionSchema = exactly('Session', { signedIn: { type: 'boolean' } });

export type SessionView = Infer<typeof sessionSchema>;
