import type { Command } from './command.js';

const COLUMN = 34;

/** Prints what there is. Asked for by name it is a success, after an unknown word a failure. */
export function help(asked: string, commands: Readonly<Record<string, Command>>): number {
  const wanted = ['help', '--help', '-h'].includes(asked);
  const print = wanted ? console.log : console.error;
  if (!wanted) print(`There is no command ${JSON.stringify(asked)}.\n`);
  print('Usage: millrace <command>; millrace <command> --help says more of one\n');
  for (const command of Object.values(commands)) print(entry(command));
  return wanted ? 0 : 1;
}

/** A usage that is wider than its column has the line for itself, so that what follows stays in its own. */
function entry({ usage, about }: Command): string {
  const gap = usage.length > COLUMN ? `\n${' '.repeat(COLUMN + 2)}` : '';
  return `  ${usage.padEnd(COLUMN)}${gap} ${about}`;
}
