import type { Command } from '../command.js';
import { start } from './start.js';

/** Every command by its first word. */
export const commands: Readonly<Record<string, Command>> = { start };
