import { join } from 'node:path';
import { newKeyText, parseKeys, SealError, type Keyring, type SealKey } from '@millrace/credentials';
import { readKeyFile, writeKeyFile } from './key-file.js';

const VARIABLE = 'MILLRACE_KEY';

/** A keyring that has a key to seal with. */
export interface SealingKeys extends Keyring {
  readonly current: SealKey;
}

/**
 * Where keys come from: `MILLRACE_KEY`, then the file `key` under MILLRACE_HOME. The file is read each time, for a
 * rotation changes it while processes run; the environment of a process is what it was at its start.
 */
export class KeyPlace {
  private readonly path: string;

  constructor(
    home: string,
    private readonly variable: string | undefined,
  ) {
    this.path = join(home, 'key');
  }

  /** Whether keys are given by the environment, which only an operator can change. */
  get isGiven(): boolean {
    return this.variable !== undefined;
  }

  /** All keys there are, possibly none. Throws a SealError `seal.key-invalid`. */
  async read(): Promise<Keyring> {
    const file = await this.fileKeys();
    const given = this.variable === undefined ? [] : parseKeys(this.variable, VARIABLE);
    return { keys: [...given, ...file.keys], place: this.isGiven ? `${VARIABLE} or ${this.path}` : this.path };
  }

  /** The keys; the first one is made where there is none yet. */
  async readOrMake(): Promise<SealingKeys> {
    const { keys, place } = await this.read();
    if (keys[0] !== undefined) return { keys, place, current: keys[0] };
    await writeKeyFile(this.path, [newKeyText()]);
    return this.readOrMake();
  }

  /** Puts a new key before the old ones, unless an earlier rotation did and was not finished. */
  async addKey(): Promise<SealingKeys> {
    const { keys, text } = await this.fileKeys();
    if (keys.length === 1) await writeKeyFile(this.path, [newKeyText(), ...lines(text)]);
    return this.readOrMake();
  }

  /** Drops all but the current key, once nothing is sealed with the others. */
  async dropOldKeys(): Promise<void> {
    const { keys, text } = await this.fileKeys();
    if (keys.length > 1) await writeKeyFile(this.path, lines(text).slice(0, 1));
  }

  private async fileKeys(): Promise<{ readonly keys: readonly SealKey[]; readonly text: string }> {
    const text = await readKeyFile(this.path).catch((error: Error) => {
      throw new SealError(
        'seal.key-invalid',
        `The key file ${this.path} cannot be read: ${error.message}. Make it readable for this user.`,
      );
    });
    return text === undefined ? { keys: [], text: '' } : { keys: parseKeys(text, `The key file ${this.path}`), text };
  }
}

function lines(text: string): readonly string[] {
  return text
    .split(/[,\n]/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
