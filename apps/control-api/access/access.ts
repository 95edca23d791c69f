import { createHmac } from 'node:crypto';
import { isSame } from '@millrace/platform';

/** Injects the Access. */
export const ACCESS = Symbol('access');

/** Who may use the control API: whoever has the token, or a browser that signed in with it. */
export interface Access {
  isToken(text: string): boolean;
  isSession(text: string): boolean;
  /** What the browser's cookie holds: proves the token without being it, and ends with it. */
  readonly session: string;
}

/** Comparisons take the same time for every wrong text, whatever its length. */
export function createAccess(token: string): Access {
  if (token === '') throw new Error('The control API needs a token that is not empty.');
  const session = createHmac('sha256', token).update('millrace session').digest('base64url');
  return {
    isToken: (text) => isSame(text, token),
    isSession: (text) => isSame(text, session),
    session,
  };
}
