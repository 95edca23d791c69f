import type { Command } from '../command.js';
import { demo } from './demo.js';
import { emit } from './emit.js';
import { events } from './events.js';
import { refusals } from './refusals.js';
import { run } from './run.js';
import { runs } from './runs.js';
import { schedules } from './schedules.js';
import { start } from './start.js';
import { trigger } from './trigger.js';
import { validate } from './validate.js';

/** Every command by its first word. */
export const commands: Readonly<Record<string, Command>> = {
  start,
  demo,
  runs,
  events,
  refusals,
  schedules,
  trigger,
  run,
  emit,
  validate,
};
