import type { Command } from './command.js';

/** Prints what there is. Asked for by name it is a success, after an unknown word a failure. */
export function help(asked: string, commands: Readonly<Record<string, Command>>): number {
  const wanted = ['help', '--help', '-h'].includes(asked);
  const print = wanted ? console.log : console.error;
  if (!wanted) print(`There is no command ${JSON.stringify(asked)}.\n`);
  print('Usage: millrace <command>\n');
  for (const { usage, about } of Object.values(commands)) print(`  ${usage.padEnd(34)} ${about}`);
  return wanted ? 0 : 1;
}
