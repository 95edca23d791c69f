import type { Command } from '../command.js';
import { credentials } from './credentials.js';
import { demo } from './demo.js';
import { events } from './events.js';
import { key } from './key.js';
import { refusals } from './refusals.js';
import { runs } from './runs.js';
import { start } from './start.js';
import { trigger } from './trigger.js';
import { validate } from './validate.js';

/** Every command by its first word. */
export const commands: Readonly<Record<string, Command>> = { start, demo, runs, events, refusals, credentials, key, trigger, validate };
