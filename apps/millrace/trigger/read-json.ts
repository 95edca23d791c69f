import { parseJsonValue } from '@millrace/engine';
import { CommandError } from '../command.js';
import { readPayload } from './payload.js';

/** The JSON value of a file, or of standard input for `-`, with numbers as the front door takes them. */
export async function readJson(file: string): Promise<unknown> {
  const { body } = await readPayload(file);
  try {
    return parseJsonValue(Buffer.from(body).toString());
  } catch (error) {
    throw new CommandError(`${file === '-' ? 'Standard input' : file} is not JSON: ${(error as Error).message}`);
  }
}
