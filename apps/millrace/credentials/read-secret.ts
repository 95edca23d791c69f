import { createInterface } from 'node:readline';
import { CommandError } from '../command.js';

const MOST_CHARACTERS = 16 * 1024;

/**
 * The secret from standard input: a line typed without showing it, or what is piped in without the line break at its end. Never from
 * the command line, which other users and the shell's history see.
 */
export async function readSecret(name: string): Promise<string> {
  const text = process.stdin.isTTY ? await typed(`Secret of ${name} (not shown): `) : await piped();
  const secret = text.replace(/\r?\n$/, '');
  if (secret === '') throw new CommandError('No secret came on standard input. Pipe it in: millrace credentials set <name> < secret.txt');
  if (secret.length > MOST_CHARACTERS) throw new CommandError('What came on standard input is too long for a secret.');
  return secret;
}

/** What is piped in, as text. */
export async function piped(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** Readline echoes through `output`; without one nothing shows. */
function typed(question: string): Promise<string> {
  process.stderr.write(question);
  const lines = createInterface({ input: process.stdin, terminal: true });
  return new Promise((resolve) => {
    lines.once('line', (line) => {
      lines.close();
      process.stderr.write('\n');
      resolve(line);
    });
    lines.once('close', () => resolve(''));
  });
}
