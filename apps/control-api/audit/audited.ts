import { SetMetadata } from '@nestjs/common';
import type { AuditEntry } from '@millrace/postgres';
import type { AuditAction } from './actions.js';

/** A request that was done, for whoever says what of it is worth keeping. */
export interface Done<A> {
  /** Of its path. */
  readonly params: Readonly<Record<string, string>>;
  /** What the handler answers. */
  readonly answer: A;
}

/** To what it was done, and what else is worth knowing of it. Never a secret. */
export interface Deed {
  readonly subject: string | null;
  readonly details?: AuditEntry['details'];
}

export interface Audit {
  readonly action: AuditAction;
  /** Undefined when nothing was changed after all. */
  readonly deed: (done: Done<never>) => Deed | undefined;
}

export const AUDIT = Symbol('audit');

/** Keeps in the audit log that this was done, whenever the handler answers and does not throw. Without `deed` the subject is the first parameter of the path. */
export function Audited<A>(action: AuditAction, deed: (done: Done<A>) => Deed | undefined = firstParameter): MethodDecorator {
  return SetMetadata(AUDIT, { action, deed });
}

function firstParameter({ params }: Done<unknown>): Deed {
  return { subject: Object.values(params)[0] ?? null };
}

/** What was done to many at once, and nothing where it was only counted. */
export function manyDone({ answer: { done } }: Done<{ readonly done: number }>): Deed | undefined {
  return done > 0 ? { subject: null, details: { count: done } } : undefined;
}

export const UNAUDITED = Symbol('unaudited');

/** Says of a handler that may change something why the audit log does not keep it. */
export function Unaudited(why: string): MethodDecorator {
  return SetMetadata(UNAUDITED, why);
}
