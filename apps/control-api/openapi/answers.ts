import type { JsonSchema } from '@millrace/component-sdk';
import { failureSchema } from '../wire/problem.js';
import type { Answer } from './operation.js';

export type Answers = Readonly<Record<number, Answer>>;

export function ok(description: string, schema: JsonSchema): Answers {
  return { 200: { description, schema } };
}

export function failed(status: number, description: string): Answers {
  return { [status]: { description, schema: failureSchema } };
}
