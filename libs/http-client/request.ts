import type { PreparedRequest } from '@millrace/component-sdk';
import type { Credential } from '@millrace/credentials';

export interface HttpRequest extends PreparedRequest {
  /** Statuses that are results, not errors. Default: 200 to 299. */
  accept?: (status: number) => boolean;
}

export interface RequestOptions {
  credential?: Credential;
  signal?: AbortSignal;
  /** Instead of the client's. */
  timeoutMs?: number;
  /** Handed to credentials that sign a message id. */
  idempotencyKey?: string;
  /** The clock that signatures and Retry-After dates use. Default: the system's. */
  now?: () => Date;
}
