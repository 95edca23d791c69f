/** Why an app did not start: the message says what to do and is all that a person needs to see. */
export class StartError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'StartError';
  }
}
