/** One word of the command line. `run` answers the exit code; nothing means 0. */
export interface Command {
  readonly usage: string;
  readonly about: string;
  run(args: readonly string[]): Promise<number | void>;
}

/** A mistake of whoever typed: the message is all that is printed. */
export class CommandError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CommandError';
  }
}
