import type { Command } from './command.js';

const COLUMN = 34;

const VERSION = { usage: '--version', about: 'Print the version and nothing else.' } as const;

/** Whether the first word asks for the version. */
export function asksForVersion(word: string): boolean {
  return word === VERSION.usage || word === '-v';
}

/** Prints what there is, of which version. Asked for by name it is a success, after an unknown word a failure. */
export function help(asked: string, commands: Readonly<Record<string, Command>>, version: string): number {
  const wanted = ['help', '--help', '-h'].includes(asked);
  const print = wanted ? console.log : console.error;
  if (!wanted) print(`There is no command ${JSON.stringify(asked)}.\n`);
  print(`Millrace ${version}\n`);
  print('Usage: millrace <command>; millrace <command> --help says more of one. In a checkout millrace is npm run millrace --\n');
  for (const command of [...Object.values(commands), VERSION]) print(entry(command));
  return wanted ? 0 : 1;
}

/** A usage that is wider than its column has the line for itself, so that what follows stays in its own. */
function entry({ usage, about }: Pick<Command, 'usage' | 'about'>): string {
  const gap = usage.length > COLUMN ? `\n${' '.repeat(COLUMN + 2)}` : '';
  return `  ${usage.padEnd(COLUMN)}${gap} ${about}`;
}
