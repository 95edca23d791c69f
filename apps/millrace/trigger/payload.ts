import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { CommandError } from '../command.js';

/** The bytes to send and what they are. */
export interface Payload {
  readonly body: Uint8Array;
  readonly contentType: string;
}

const TYPES: Readonly<Record<string, string>> = {
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
  '.form': 'application/x-www-form-urlencoded',
};

/** Reads a file, or standard input for `-`. Its name says what it is, unless `type` does. */
export async function readPayload(file: string, type?: string): Promise<Payload> {
  const body = file === '-' ? await buffer(process.stdin) : await readBytes(file);
  return { body, contentType: type ?? TYPES[extname(file).toLowerCase()] ?? guess(body) };
}

async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new CommandError(
      code === 'ENOENT'
        ? `There is no file ${file}. Give the path of a file, or - for standard input.`
        : `${file} cannot be read: ${message}`,
    );
  }
}

function guess(body: Uint8Array): string {
  try {
    JSON.parse(Buffer.from(body).toString());
    return 'application/json';
  } catch {
    return 'text/plain; charset=utf-8';
  }
}
