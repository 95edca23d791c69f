/** One word of the command line. `run` answers the exit code; nothing means 0. */
export interface Command {
  readonly usage: string;
  readonly about: string;
  /** It goes on when `run` has resolved, until a signal ends it. */
  readonly stays?: boolean;
  run(args: readonly string[]): Promise<number | void>;
}

/** A mistake of whoever typed: the message is all that is printed. */
export class CommandError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CommandError';
  }
}
