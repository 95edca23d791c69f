/** Why a body cannot be read, with the answer that the table of answers gives it. */
export class BodyRefusal extends Error {
  constructor(
    readonly status: 400 | 413 | 415,
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'BodyRefusal';
  }
}

/** Deepest nesting of JSON and XML. Parsing survives more, but printing and cloning overflow the stack at some ten thousand. */
export const MAX_DEPTH = 100;
/** The same of what was made of bodies that came in: a batch puts them into the list of an object. */
export const MAX_MADE_DEPTH = MAX_DEPTH + 2;

/** A key that would reach a prototype where somebody copies the view carelessly. */
export function forbiddenKey(what: string): BodyRefusal {
  return new BodyRefusal(400, 'body.forbidden-key', `The ${what} has a "__proto__" key, which is not accepted.`);
}
