/** The conditions of a statement with their values: only what is asked for stands in it, so that a fitting index can be used. */
export class Conditions {
  private readonly texts: string[] = [];

  constructor(readonly values: unknown[] = []) {}

  /** `text` gets the parameter's name, such as `$1`. An undefined value asks for nothing. */
  add(value: unknown, text: (parameter: string) => string): this {
    if (value !== undefined && value !== null) this.texts.push(text(this.parameter(value)));
    return this;
  }

  /** One that needs no value. */
  always(text: string): this {
    this.texts.push(text);
    return this;
  }

  /** Another value of the statement; answers the parameter's name. */
  parameter(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }

  /** `where …`, or nothing. */
  get where(): string {
    return this.texts.length === 0 ? '' : `where ${this.texts.join(' and ')}`;
  }
}
