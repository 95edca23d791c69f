import { CommandError } from './command.js';
import { commands } from './commands/index.js';
import { exitWhenPrinted } from './exit.js';
import { asksForVersion, help } from './help.js';
import { millraceVersion } from '../control-api/version.js';

const [name = 'help', ...args] = process.argv.slice(2);
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;

try {
  if (asksForVersion(name)) console.log(millraceVersion());
  else if (command) process.exitCode = (await command.run(args)) ?? 0;
  else process.exitCode = help(name, commands, millraceVersion());
} catch (error) {
  // What is meant for people says so itself; everything else is a defect and shows its stack.
  console.error(error instanceof CommandError || isExplained(error) ? (error as Error).message : error);
  process.exitCode = 1;
}
if (!command?.stays) await exitWhenPrinted(Number(process.exitCode ?? 0));

/** Errors of libs that carry a stable code and a sentence. */
function isExplained(error: unknown): boolean {
  return error instanceof Error && ['ConfigurationError', 'EmbeddedPostgresError', 'FlowFolderError', 'StartError'].includes(error.name);
}
