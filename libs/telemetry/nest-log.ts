import type { LoggerService } from '@nestjs/common';
import type { Log } from './logger.js';

/** Nest's own messages through our logger; its start-up chatter is debug. */
export class NestLog implements LoggerService {
  constructor(private readonly logger: Log) {}

  log(message: unknown, context?: string): void {
    this.logger.debug({ context }, textOf(message));
  }

  warn(message: unknown, context?: string): void {
    this.logger.warn({ context }, textOf(message));
  }

  /** Nest says `(message, stack, context)`, or `(message, context)` where there is no stack. */
  error(message: unknown, ...more: readonly unknown[]): void {
    const [stack, context] = more.length > 1 ? more : [undefined, more[0]];
    const err = message instanceof Error ? message : stack && { stack: textOf(stack) };
    this.logger.error({ context, ...(err ? { err } : {}) }, textOf(message));
  }

  debug(message: unknown, context?: string): void {
    this.logger.debug({ context }, textOf(message));
  }
}

function textOf(message: unknown): string {
  if (typeof message === 'string') return message;
  if (message instanceof Error) return message.message;
  try {
    return JSON.stringify(message) ?? String(message);
  } catch {
    return String(message);
  }
}
