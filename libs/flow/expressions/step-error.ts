import { StepError } from '@millrace/component-sdk';
import { ExpressionFault } from './faults.js';
import { describeKinds } from './missing.js';
import type { Reference } from './references.js';

/** The kind that a fault wants of the values on its sides; undefined: the same of both. */
const WANTED: Readonly<Record<string, string | undefined>> = {
  T2001: 'a number',
  T2002: 'a number',
  D1002: 'a number',
  T2009: undefined,
  T2010: undefined,
};

/** What failed, and with what. */
interface Failed {
  readonly source: string;
  readonly reads: readonly Reference[];
}

/** Names the field and the expression of a fault, and what stands where another kind of value is needed: what the author sees on the run's page. */
export function stepErrorOf(cause: unknown, field: string, { source: expression, reads }: Failed, scope: object): StepError {
  const { code, message, reason } = cause instanceof ExpressionFault ? cause : unexpected(cause);
  const kinds = reason in WANTED ? describeKinds(reads, scope, WANTED[reason]) : [];
  return new StepError({
    code,
    message: `\`${field}\`: {{ ${expression} }} failed: ${[message, kinds.join(', ')].filter((part) => part !== '').join('; ')}.`,
    blame: 'author',
    retryable: false,
    arrived: 'no',
    details: { field, expression },
    cause,
  });
}

function unexpected(cause: unknown): { code: string; message: string; reason: string } {
  return { code: 'expression.failed', reason: 'unexpected', message: cause instanceof Error ? cause.message : 'for an unknown reason' };
}
