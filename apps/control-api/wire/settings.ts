import type { Infer } from '@millrace/component-sdk';
import { exactly, textOrNull } from './parts.js';

const settingSchema = exactly('Setting', {
  variable: { type: 'string' },
  about: { type: 'string' },
  value: { ...textOrNull, description: 'As it was given, or its default; null where there is neither, and for what is secret.' },
  isSet: { type: 'boolean', description: 'Whether the environment or the `.env` file gives it.' },
  isSecret: { type: 'boolean' },
});

export const settingsSchema = exactly('Settings', {
  settings: { type: 'array', items: settingSchema, description: 'Of this process. They are read when it starts.' },
  runtime: { type: 'string', description: 'The version of Node.' },
  database: exactly('DatabaseFacts', {
    kind: { enum: ['private', 'own'], description: 'private: under MILLRACE_HOME. own: that of DATABASE_URL.' },
    version: { type: 'string' },
    bytes: { type: 'integer', minimum: 0, description: 'What it takes on its disk.' },
  }),
  queue: { enum: ['postgres', 'redis'] },
});

export type SettingsView = Infer<typeof settingsSchema>;
