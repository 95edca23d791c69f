import type { Command } from '../command.js';
import { archive } from './archive.js';
import { audit } from './audit.js';
import { credentials } from './credentials.js';
import { demo } from './demo.js';
import { deploy } from './deploy.js';
import { emit } from './emit.js';
import { endpoints } from './endpoints.js';
import { events } from './events.js';
import { flows } from './flows.js';
import { key } from './key.js';
import { operations } from './operations.js';
import { pause, resume } from './pause.js';
import { deadLetters } from './dead-letters.js';
import { refusals } from './refusals.js';
import { rerun } from './rerun.js';
import { rollback } from './rollback.js';
import { run } from './run.js';
import { runs } from './runs.js';
import { schedules } from './schedules.js';
import { start } from './start.js';
import { test } from './test.js';
import { trigger } from './trigger.js';
import { validate } from './validate.js';
import { versions } from './versions.js';

/** Every command by its first word. */
export const commands: Readonly<Record<string, Command>> = {
  start,
  demo,
  flows,
  runs,
  events,
  refusals,
  rerun,
  'dead-letters': deadLetters,
  operations,
  schedules,
  credentials,
  endpoints,
  key,
  audit,
  trigger,
  run,
  emit,
  validate,
  test,
  deploy,
  versions,
  rollback,
  archive,
  pause,
  resume,
};
