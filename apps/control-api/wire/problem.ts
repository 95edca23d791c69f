import { exactly } from './parts.js';

/** What every failed request is answered with. */
export const failureSchema = exactly('Failure', {
  error: exactly('FailureReason', {
    code: { type: 'string', description: 'Stable and dotted.' },
    message: { type: 'string', description: 'A sentence that says what to do.' },
  }),
});
