import type { JsonSchema } from '@millrace/component-sdk';

/** One answer of an operation. */
export interface Answer {
  readonly description: string;
  readonly schema?: JsonSchema;
  /** Default `application/json`. */
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One method of one path, as the document and the reference page describe it. */
export interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** With `{name}` for parameters. */
  readonly path: string;
  readonly id: string;
  readonly tag:
    | 'flows'
    | 'tests'
    | 'events'
    | 'runs'
    | 'refusals'
    | 'credentials'
    | 'endpoints'
    | 'dead letters'
    | 'operations'
    | 'instance'
    | 'front door';
  readonly summary: string;
  readonly description?: string;
  readonly query?: Readonly<Record<string, JsonSchema>>;
  /** Of a JSON body. */
  readonly body?: JsonSchema;
  readonly answers: Readonly<Record<number, Answer>>;
  /** Needs no token. */
  readonly open?: boolean;
}
